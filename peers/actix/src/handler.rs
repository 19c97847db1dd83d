//! What handles `POST /calculate`: the handler that is compared, or one of those that an experiment puts in its place.

use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Route, web};
use clap::ValueEnum;

use crate::problem::Problem;
use crate::{blocking, body, calculate, cloning};

/// The handlers that `--handler` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Handler {
    /// The calculation runs on the worker, other connections of that worker wait
    Inline,
    /// The calculation runs on Actix's pool for blocking work (`web::block`)
    WebBlock,
    /// As inline, but the request and the answer are owned and cloned on their way
    Clone,
}

impl Handler {
    /// The route to it, chosen once: no request asks which handler it is.
    #[must_use]
    pub fn route(self) -> Route {
        match self {
            Self::Inline => web::post().to(calculate::handle),
            Self::WebBlock => web::post().to(blocking::handle),
            Self::Clone => web::post().to(cloning::handle),
        }
    }

    /// The name that `--handler` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::WebBlock => "web-block",
            Self::Clone => "clone",
        }
    }
}

/// The body of a request for a calculation, as [`calculate::handle`] takes it, for the handlers of experiments.
///
/// # Errors
/// The answer to a request that is refused: `415`, `413`, `408`, or `400` for broken framing.
pub async fn receive(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, HttpResponse> {
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Err(body::refuse(Problem::NOT_JSON_MEDIA_TYPE, request, payload).await);
    }
    match body::read::<{ body::SIZE_LIMIT_BYTES }>(request, &mut payload).await {
        Ok(body) => Ok(body),
        Err(problem) => Err(body::refuse_unread(problem, payload)),
    }
}
