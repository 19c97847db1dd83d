//! Error answers: RFC 9457 problem details.

use std::fmt;

use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::http::StatusCode;
use serde::Serialize;

/// The media type of RFC 9457, section 6.1.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, in words fixed at compile time: an answer can never repeat bytes of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    detail: &'static str,
}

/// The members of RFC 9457, section 3.1, that the service uses. `type` is left out, which means `about:blank`.
#[derive(Serialize)]
struct Members {
    title: &'static str,
    status: u16,
    detail: &'static str,
}

impl Problem {
    /// The body is not JSON in UTF-8, or JSON but no object.
    pub const BODY_IS_NO_JSON_OBJECT: Self =
        Self::new(StatusCode::BAD_REQUEST, "the body must be a JSON object in UTF-8");
    /// The body is not JSON.
    pub const BODY_IS_NO_JSON: Self = Self::new(StatusCode::BAD_REQUEST, "the body must be JSON in UTF-8");
    /// The connection ended within the body, or its framing is wrong.
    pub const BODY_IS_BROKEN: Self =
        Self::new(StatusCode::BAD_REQUEST, "the body ended early or its framing is malformed");
    /// The target names nothing.
    pub const NO_SUCH_PATH: Self = Self::new(StatusCode::NOT_FOUND, "no such path");
    /// An id that names nothing.
    pub const NO_SUCH_ITEM: Self = Self::new(StatusCode::NOT_FOUND, "items have ids from 1 to 1000000");
    /// The target exists and does not know the method; goes with an `Allow` field.
    pub const METHOD_NOT_ALLOWED: Self =
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "the Allow field names the methods of this path");
    /// No byte of the body for too long.
    pub const BODY_TOO_SLOW: Self = Self::new(StatusCode::REQUEST_TIMEOUT, "the body took more than 5 seconds");
    /// The body is longer than [`crate::body::SIZE_LIMIT_BYTES`].
    pub const BODY_TOO_LARGE: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the body may have at most 4096 bytes");
    /// The body is longer than [`crate::order::SIZE_LIMIT_BYTES`].
    pub const ORDER_TOO_LARGE: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the body may have at most 65536 bytes");
    /// Not `application/json`.
    pub const NOT_JSON_MEDIA_TYPE: Self =
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json");
    /// `n` is not there, or not an integer in range.
    pub const N_OUT_OF_RANGE: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "n must be an integer from 1 to the service's --max-n, without fraction or exponent",
    );
    /// JSON, and no order.
    pub const NOT_AN_ORDER: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "the body must be an object with order, items of name, value and tags, and comment",
    );
    /// The header section is longer than [`crate::header_section::SIZE_LIMIT_BYTES`].
    pub const HEADER_SECTION_TOO_LARGE: Self = Self::new(
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "the header section and the target may have at most 8192 bytes each",
    );

    /// No fault of the request.
    pub const FAILED: Self = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the service failed");

    const fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail }
    }

    fn members(self) -> Members {
        Members {
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        // `json` keeps a content type that is already set.
        HttpResponse::build(self.status).content_type(MEDIA_TYPE).json(self.members())
    }
}
