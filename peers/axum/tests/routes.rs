//! The router without a connection: what each route answers.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use primebench_axum::routes::router;
use serde_json::{Value, json};
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

async fn ask(method: &str, path: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    send(request.body(body.into()).expect("a request")).await
}

async fn send(request: Request<Body>) -> Answer {
    let (head, body) = router(1_000).oneshot(request).await.expect("infallible").into_parts();
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    Answer { status: head.status, headers: head.headers, body }
}

#[track_caller]
fn assert_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["status"], status);
}

#[tokio::test]
async fn each_task_has_its_answer() {
    let prime = ask("POST", "/calculate?x=1", r#"{"n":1000}"#).await;
    assert_eq!((prime.status, prime.header("content-type")), (StatusCode::OK, "application/json"));
    assert_eq!(prime.json()["prime"], 7_919);
    let text = ask("GET", "/plaintext", "").await;
    assert_eq!(text.body, b"Hello, World!");
    assert!(text.header("content-type").starts_with("text/plain"));
    let item = ask("GET", "/json/7", "").await;
    assert_eq!((item.header("content-type"), &item.json()["next"]), ("application/json", &json!("/json/8")));
    let order = r#"{"order":5,"comment":"","items":[{"name":"a","value":2,"tags":["x"]}]}"#;
    let expected = json!({"order": 5, "count": 1, "sum": 2, "longest": "a", "tags": 1});
    assert_eq!(ask("POST", "/json", order).await.json(), expected);
    assert_eq!(ask("GET", "/health", "").await.json(), json!({"status": "ok"}));
}

#[tokio::test]
async fn other_paths_are_404() {
    for path in ["/", "/calculate/", "/Calculate", "/json/", "/json/0", "/json/x", "/json/1000001", "/json/1/2"] {
        assert_problem(&ask("GET", path, "").await, 404);
    }
}

#[tokio::test]
async fn other_methods_are_405_and_those_allowed_are_named() {
    for (method, path, allow) in [
        ("GET", "/calculate", "POST"),
        ("DELETE", "/json", "POST"),
        ("POST", "/plaintext", "GET,HEAD"),
        ("PUT", "/json/1", "GET,HEAD"),
    ] {
        let answer = ask(method, path, "").await;
        assert_problem(&answer, 405);
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn bodies_are_refused_by_type_size_and_contents() {
    let text = Request::post("/calculate").header("content-type", "text/plain").body(Body::from(r#"{"n":1}"#));
    assert_problem(&send(text.expect("a request")).await, 415);
    assert_problem(&send(Request::post("/json").body(Body::empty()).expect("a request")).await, 415);
    assert_problem(&ask("POST", "/calculate", vec![b' '; 4_097]).await, 413);
    assert_problem(&ask("POST", "/json", vec![b' '; 65_537]).await, 413);
    assert_problem(&ask("POST", "/calculate", "{").await, 400);
    assert_problem(&ask("POST", "/json", "{").await, 400);
    assert_problem(&ask("POST", "/calculate", r#"{"n":1001}"#).await, 422);
    assert_problem(&ask("POST", "/json", "{}").await, 422);
}

#[tokio::test]
async fn chunks_are_counted() {
    let parts = (0..3).map(|_| Ok::<_, std::io::Error>(vec![b' '; 2_000]));
    let body = Body::from_stream(futures_util::stream::iter(parts));
    assert_problem(&ask("POST", "/calculate", body).await, 413);
}
