//! Media types (RFC 9110, section 8.3.1).

/// Whether a Content-Type value names application/json: in any case, with any parameters.
#[must_use]
pub fn is_json(content_type: &[u8]) -> bool {
    let essence = content_type.split(|&byte| byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_parameters_do_not_matter() {
        for value in ["application/json", "Application/JSON; charset=utf-8", "application/json \t;x"] {
            assert!(is_json(value.as_bytes()), "{value}");
        }
        for value in ["", "json", "text/plain", "application/jsonp", "application/json, text/plain"] {
            assert!(!is_json(value.as_bytes()), "{value}");
        }
    }
}
