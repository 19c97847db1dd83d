//! Error answers: RFC 9457 problem details.

use serde::Serialize;

/// The content type of a problem (RFC 9457, section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What was wrong with a request. Texts are fixed, so that no byte of the request is sent back. `type` is left out, which means
/// `about:blank`: the status says it all (RFC 9457, section 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The phrase of the status.
    pub title: &'static str,
    /// The status code.
    pub status: u16,
    /// What was wrong.
    pub detail: &'static str,
}

macro_rules! problems {
    ($($name:ident = $status:literal $title:literal: $detail:literal;)*) => {
        impl Problem {
            $(#[doc = concat!($detail, ".")] pub const $name: Self = Self { title: $title, status: $status, detail: $detail };)*
        }
    };
}

problems! {
    NOT_JSON = 400 "Bad Request": "the body is not JSON";
    NOT_AN_OBJECT = 400 "Bad Request": "the body is not a JSON object";
    UNREADABLE = 400 "Bad Request": "the body is not well-formed HTTP, or it ended early";
    NO_SUCH_PATH = 404 "Not Found": "there is nothing at this path";
    METHOD = 405 "Method Not Allowed": "the Allow field names the methods of this path";
    TOO_SLOW = 408 "Request Timeout": "the body was not complete in time";
    TOO_LARGE = 413 "Content Too Large": "the body is longer than this service reads";
    MEDIA_TYPE = 415 "Unsupported Media Type": "the content type is not application/json";
    N = 422 "Unprocessable Content": "n is not an integer, written in digits alone, from 1 to the largest that is answered";
    SHAPE = 422 "Unprocessable Content": "the body is not an order with its items and a comment";
    HEADER_TOO_LARGE = 431 "Request Header Fields Too Large": "the header section is longer than this service reads";
}

impl Problem {
    /// The body of the answer.
    ///
    /// # Panics
    /// Never: two strings and a number serialise.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("two strings and a number serialise")
    }
}
