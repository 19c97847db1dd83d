//! The limit on a request's header section.
//!
//! actix-http takes up to 128 KiB and 96 fields and cannot be told otherwise (`MAX_BUFFER_SIZE` and `MAX_HEADERS` in
//! its h1 decoder), so the limit of the contract is checked once a header section has been parsed.

use actix_web::dev::RequestHead;

/// The longest header section, and the longest request target, that is served.
pub const SIZE_LIMIT_BYTES: usize = 8192;

/// The colon, one space and CR LF of a field line (RFC 9112, section 5).
const FIELD_LINE_EXTRA_BYTES: usize = ": \r\n".len();

/// Whether the fields, and the target, keep to the limit.
#[must_use]
pub fn fits(head: &RequestHead) -> bool {
    fields_bytes(head) <= SIZE_LIMIT_BYTES && target_bytes(head) <= SIZE_LIMIT_BYTES
}

fn fields_bytes(head: &RequestHead) -> usize {
    head.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + FIELD_LINE_EXTRA_BYTES).sum()
}

fn target_bytes(head: &RequestHead) -> usize {
    head.uri.path_and_query().map_or(0, |target| target.as_str().len())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn with_field_of(bytes: usize) -> TestRequest {
        let value = "v".repeat(bytes - "padding".len() - FIELD_LINE_EXTRA_BYTES);
        TestRequest::default().insert_header(("padding", value))
    }

    #[test]
    fn the_limit_itself_fits_and_one_more_byte_does_not() {
        assert!(fits(with_field_of(SIZE_LIMIT_BYTES).to_request().head()));
        assert!(!fits(with_field_of(SIZE_LIMIT_BYTES + 1).to_request().head()));
    }

    #[test]
    fn fields_of_one_name_add_up() {
        let mut request = TestRequest::default();
        for _ in 0..90 {
            request = request.append_header(("padding", "v".repeat(90)));
        }
        assert!(!fits(request.to_request().head()));
    }

    #[test]
    fn the_target_has_the_same_limit() {
        let target = |bytes: usize| format!("/{}", "t".repeat(bytes - 1));
        let fitting = TestRequest::with_uri(&target(SIZE_LIMIT_BYTES)).to_request();
        let too_long = TestRequest::with_uri(&target(SIZE_LIMIT_BYTES + 1)).to_request();
        assert!(fits(fitting.head()));
        assert!(!fits(too_long.head()));
    }
}
