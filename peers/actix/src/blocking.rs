//! `POST /calculate` with the calculation on Actix's pool for blocking work, as the article advises above 10 ms.

use actix_web::web::{Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse};

use crate::calculate::{calculate, decode};
use crate::handler::receive;
use crate::problem::Problem;
use crate::settings::Settings;

/// The handler: the worker serves other connections while a thread of the pool calculates.
///
/// # Errors
/// As [`crate::calculate::handle`], and `500` if the pool ends before the calculation does.
pub async fn handle(request: HttpRequest, payload: Payload, settings: Data<Settings>) -> Result<HttpResponse, Problem> {
    let body = match receive(&request, payload).await {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    let (tier, n) = (settings.tier, decode(&body, settings.max_n)?);
    let answer = block(move || calculate(tier, n)).await.map_err(|_| Problem::FAILED)?;
    Ok(HttpResponse::Ok().json(answer))
}
