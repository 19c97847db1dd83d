//! Reading a body that says it is JSON.

use std::error::Error;
use std::time::Duration;

use axum::body::{self, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use http_body_util::LengthLimitError;
use primebench_work::media_type::is_json;
use primebench_work::problem::Problem;
use tokio::time::timeout;

use crate::refusal::Refusal;

/// From the end of the header section to the end of the body; the contract lets a slow client go within 10 s.
const TIME_LIMIT: Duration = Duration::from_secs(8);

/// Extracts a body of at most `LIMIT` bytes. `axum::Json` would decode into owned types only, and not tell 400 from 422 as the tasks do.
pub struct JsonText<const LIMIT: usize>(pub Bytes);

impl<S: Send + Sync, const LIMIT: usize> FromRequest<S> for JsonText<LIMIT> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let content_type = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        if !content_type.is_some_and(is_json) {
            return Err(Problem::MEDIA_TYPE.into());
        }
        let body = request.into_body();
        // Known from Content-Length: the body is not waited for.
        if body.size_hint().lower() > LIMIT as u64 {
            return Err(Problem::TOO_LARGE.into());
        }
        match timeout(TIME_LIMIT, body::to_bytes(body, LIMIT)).await {
            Ok(Ok(text)) => Ok(Self(text)),
            Ok(Err(error)) => Err(reason(&error).into()),
            Err(_) => Err(Problem::TOO_SLOW.into()),
        }
    }
}

fn reason(error: &axum::Error) -> Problem {
    let is_too_large = matches!(error.source(), Some(source) if source.is::<LengthLimitError>());
    if is_too_large { Problem::TOO_LARGE } else { Problem::UNREADABLE }
}
