//! `POST /calculate` with `.clone()` where none is needed: what the article warns of.

use std::hint::black_box;

use actix_web::http::header::ContentType;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::calculate::{Answer, calculate, decode};
use crate::handler::receive;
use crate::problem::Problem;
use crate::settings::Settings;

/// The handler: the body is copied into an owned one, and that is cloned; so is the text of the answer.
///
/// # Errors
/// As [`crate::calculate::handle`].
pub async fn handle(request: HttpRequest, payload: Payload, settings: Data<Settings>) -> Result<HttpResponse, Problem> {
    let body = match receive(&request, payload).await {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    let n = decode_clone(&body, settings.max_n)?;
    let text = encode_clone(&calculate(settings.tier, n)).map_err(|_| Problem::FAILED)?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(text))
}

/// [`decode`] of a clone of an owned copy of the body.
///
/// # Errors
/// As [`decode`].
pub fn decode_clone(body: &[u8], max_n: u32) -> Result<u32, Problem> {
    let owned = body.to_vec();
    decode(&made(owned.clone()), max_n)
}

/// A clone of the answer's text.
///
/// # Errors
/// The answer does not serialise.
pub fn encode_clone(answer: &Answer) -> serde_json::Result<String> {
    let text = serde_json::to_string(answer)?;
    Ok(made(text.clone()))
}

/// The optimiser may leave out a clone whose original is dropped, as clippy would tell; here it is what is measured.
fn made<T>(clone: T) -> T {
    black_box(clone)
}
