//! A problem as a response.

use std::fmt;

use ntex::http::StatusCode;
use ntex::web::{HttpRequest, HttpResponse, WebResponseError};
use primebench_work::problem::{self, Problem};

/// What a handler returns when it cannot answer.
#[derive(Debug)]
pub struct Refusal(pub Problem);

impl Refusal {
    /// The problem as a response, with the methods of the path where they are the problem.
    #[must_use]
    pub fn response(&self, allow: Option<&str>) -> HttpResponse {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.content_type(problem::MEDIA_TYPE);
        if let Some(allow) = allow {
            response.header("allow", allow);
        }
        response.body(self.0.to_json())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.detail)
    }
}

impl WebResponseError for Refusal {
    fn error_response(&self, _: &HttpRequest) -> HttpResponse {
        self.response(None)
    }
}
