//! Which path and method lead where. axum's router answers HEAD as GET, and names the methods of a path in `Allow`.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use primebench_work::calculate::{self, Answer};
use primebench_work::item::Item;
use primebench_work::order::{self, Summary};
use primebench_work::problem::Problem;

use crate::body::JsonText;
use crate::refusal::Refusal;

/// The routes of the three tasks; `POST /calculate` answers for `n` from 1 to `max_n`.
pub fn router(max_n: u32) -> Router {
    Router::new()
        .route("/calculate", post(calculate))
        .route("/plaintext", get(async || "Hello, World!"))
        .route("/json", post(summarise))
        .route("/json/{id}", get(item))
        .route("/health", get(health))
        .fallback(async || Refusal(Problem::NO_SUCH_PATH))
        .method_not_allowed_fallback(async || Refusal(Problem::METHOD))
        .with_state(max_n)
}

/// The calculation runs inline: other connections of the worker wait meanwhile, as with the other peers.
async fn calculate(
    State(max_n): State<u32>,
    JsonText(body): JsonText<{ calculate::BODY_LIMIT }>,
) -> Result<Json<Answer>, Refusal> {
    Ok(Json(calculate::answer(&body, max_n)?))
}

async fn item(Path(id): Path<String>) -> Result<Json<Item>, Refusal> {
    Item::at(&id).map(Json).ok_or(Refusal(Problem::NO_SUCH_PATH))
}

async fn summarise(JsonText(body): JsonText<{ order::BODY_LIMIT }>) -> Result<Json<Summary>, Refusal> {
    Ok(Json(order::summarise(&body)?))
}

async fn health() -> impl IntoResponse {
    ([("content-type", "application/json")], r#"{"status":"ok"}"#)
}
