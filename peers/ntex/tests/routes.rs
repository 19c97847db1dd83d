//! The application without a connection: what each route answers.

use ntex::http::{HeaderMap, Method, Request, StatusCode};
use ntex::web::test::{TestRequest, call_service, init_service, read_body};
use ntex::web::{self, App};
use primebench_ntex::routes;
use serde_json::{Value, json};

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

async fn ask(method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
    send(
        request(method, path)
            .header("content-type", "application/json")
            .set_payload(body.as_ref().to_vec())
            .to_request(),
    )
    .await
}

fn request(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(Method::from_bytes(method.as_bytes()).expect("a method"))
}

async fn send(request: Request) -> Answer {
    let app = App::new().state(1_000_u32).configure(routes::configure).default_service(web::to(routes::not_found));
    let response = call_service(&init_service(app).await, request).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: read_body(response).await.to_vec() }
}

#[track_caller]
fn assert_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["status"], status);
}

#[ntex::test]
async fn each_task_has_its_answer() {
    let prime = ask("POST", "/calculate?x=1", r#"{"n":1000}"#).await;
    assert_eq!((prime.status, prime.header("content-type")), (StatusCode::OK, "application/json"));
    assert_eq!(prime.json()["prime"], 7_919);
    let text = ask("GET", "/plaintext", "").await;
    assert_eq!((text.body.as_slice(), text.header("content-type")), (&b"Hello, World!"[..], "text/plain"));
    let item = ask("GET", "/json/7", "").await;
    assert_eq!((item.header("content-type"), &item.json()["next"]), ("application/json", &json!("/json/8")));
    let order = r#"{"order":5,"comment":"","items":[{"name":"a","value":2,"tags":["x"]}]}"#;
    let expected = json!({"order": 5, "count": 1, "sum": 2, "longest": "a", "tags": 1});
    assert_eq!(ask("POST", "/json", order).await.json(), expected);
    assert_eq!(ask("GET", "/health", "").await.json(), json!({"status": "ok"}));
}

#[ntex::test]
async fn other_paths_are_404() {
    for path in ["/", "/calculate/", "/Calculate", "/json/", "/json/0", "/json/x", "/json/1000001", "/json/1/2"] {
        assert_problem(&ask("GET", path, "").await, 404);
    }
}

#[ntex::test]
async fn other_methods_are_405_and_those_allowed_are_named() {
    for (method, path, allow) in [
        ("GET", "/calculate", "POST"),
        ("DELETE", "/json", "POST"),
        ("POST", "/plaintext", "GET, HEAD"),
        ("PUT", "/json/1", "GET, HEAD"),
    ] {
        let answer = ask(method, path, "").await;
        assert_problem(&answer, 405);
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
}

#[ntex::test]
async fn bodies_are_refused_by_type_size_and_contents() {
    let text = request("POST", "/calculate").header("content-type", "text/plain").set_payload(r#"{"n":1}"#);
    assert_problem(&send(text.to_request()).await, 415);
    assert_problem(&send(request("POST", "/json").to_request()).await, 415);
    assert_problem(&ask("POST", "/calculate", vec![b' '; 4_097]).await, 413);
    assert_problem(&ask("POST", "/json", vec![b' '; 65_537]).await, 413);
    assert_problem(&ask("POST", "/calculate", "{").await, 400);
    assert_problem(&ask("POST", "/json", "{").await, 400);
    assert_problem(&ask("POST", "/calculate", r#"{"n":1001}"#).await, 422);
    assert_problem(&ask("POST", "/json", "{}").await, 422);
}
