//! Which path and method lead where.

use ntex::web::types::{Path, Payload, State};
use ntex::web::{self, HttpRequest, HttpResponse, ServiceConfig};
use primebench_work::calculate;
use primebench_work::item::Item;
use primebench_work::order;
use primebench_work::problem::Problem;

use crate::body::read_json;
use crate::refusal::Refusal;

const ALLOW_GET: &str = "GET, HEAD";
const ALLOW_POST: &str = "POST";

/// Configures an `App` with the state `u32`: `POST /calculate` answers for `n` from 1 to that.
pub fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/calculate").route(web::post().to(calculate)).default_service(web::to(only_post)))
        .service(
            web::resource("/plaintext")
                .route(web::get().to(plaintext))
                .route(web::head().to(plaintext))
                .default_service(web::to(only_get)),
        )
        .service(web::resource("/json").route(web::post().to(summarise)).default_service(web::to(only_post)))
        .service(
            web::resource("/json/{id}")
                .route(web::get().to(item))
                .route(web::head().to(item))
                .default_service(web::to(only_get)),
        )
        .service(
            web::resource("/health")
                .route(web::get().to(health))
                .route(web::head().to(health))
                .default_service(web::to(only_get)),
        );
}

/// What answers every other path.
pub async fn not_found() -> HttpResponse {
    Refusal(Problem::NO_SUCH_PATH).response(None)
}

async fn only_get() -> HttpResponse {
    Refusal(Problem::METHOD).response(Some(ALLOW_GET))
}

async fn only_post() -> HttpResponse {
    Refusal(Problem::METHOD).response(Some(ALLOW_POST))
}

/// The calculation runs inline: other connections of the worker wait meanwhile, as with the other peers.
async fn calculate(request: HttpRequest, mut payload: Payload, max_n: State<u32>) -> Result<HttpResponse, Refusal> {
    let body = read_json(&request, &mut payload, calculate::BODY_LIMIT).await?;
    Ok(HttpResponse::Ok().json(&calculate::answer(&body, *max_n.get_ref())?))
}

async fn plaintext() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("Hello, World!")
}

async fn item(id: Path<String>) -> Result<HttpResponse, Refusal> {
    let item = Item::at(&id).ok_or(Problem::NO_SUCH_PATH)?;
    Ok(HttpResponse::Ok().json(&item))
}

async fn summarise(request: HttpRequest, mut payload: Payload) -> Result<HttpResponse, Refusal> {
    let body = read_json(&request, &mut payload, order::BODY_LIMIT).await?;
    Ok(HttpResponse::Ok().json(&order::summarise(&body)?))
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(r#"{"status":"ok"}"#)
}
