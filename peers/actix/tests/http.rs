//! The routes and the handlers, called through Actix without a socket.

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, rt};
use clap::ValueEnum;
use primebench_actix::handler::Handler;
use primebench_actix::prime::Tier;
use primebench_actix::problem::MEDIA_TYPE;
use primebench_actix::routes;
use primebench_actix::settings::Settings;
use serde_json::Value;

const MAX_N: u32 = 1_000;

fn settings(tier: Tier) -> Settings {
    Settings { host: [127, 0, 0, 1].into(), port: 0, threads: 1, max_n: MAX_N, tier, handler: Handler::Inline }
}

/// What a test looks at.
struct Answer {
    status: StatusCode,
    content_type: String,
    allow: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the answer is JSON")
    }
}

async fn ask_with(settings: Settings, request: TestRequest) -> Answer {
    let service = init_service(App::new().configure(routes::configure(settings))).await;
    read(call_service(&service, request.to_request()).await).await
}

async fn ask_tier(tier: Tier, request: TestRequest) -> Answer {
    ask_with(settings(tier), request).await
}

fn ask(request: TestRequest) -> Answer {
    rt::System::new().block_on(ask_tier(Tier::Reference, request))
}

async fn read(response: ServiceResponse) -> Answer {
    let field = |name| response.headers().get(name).map(|value| value.to_str().expect("ASCII").to_owned());
    let (status, content_type, allow) =
        (response.status(), field(header::CONTENT_TYPE).unwrap_or_default(), field(header::ALLOW));
    let body = to_bytes(response.into_body()).await.unwrap_or_else(|_| panic!("the body can be read")).to_vec();
    Answer { status, content_type, allow, body }
}

fn post(path: &str, body: impl Into<Vec<u8>>) -> TestRequest {
    let body = body.into();
    TestRequest::post()
        .uri(path)
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CONTENT_LENGTH, body.len().to_string()))
        .set_payload(body)
}

fn calculate(body: impl Into<Vec<u8>>) -> TestRequest {
    post("/calculate", body)
}

#[track_caller]
fn assert_problem(answer: &Answer, status: StatusCode) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.content_type, MEDIA_TYPE);
    let problem = answer.json();
    assert_eq!(problem["status"], status.as_u16());
    assert_eq!(problem["title"], status.canonical_reason().expect("a registered status"));
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
}

#[test]
fn the_nth_prime_comes_with_n_and_duration() {
    let answer = ask(calculate(r#"{"n": 1000}"#));
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.content_type, "application/json");
    let json = answer.json();
    assert_eq!((&json["n"], &json["prime"]), (&Value::from(1_000), &Value::from(7_919)));
    let duration = json["duration"].as_str().expect("a string");
    assert!(duration.ends_with('s') && duration.starts_with(|c: char| c.is_ascii_digit()), "{duration}");
    assert_eq!(json.as_object().expect("an object").len(), 3);
}

#[test]
fn both_tiers_answer_alike() {
    for tier in [Tier::Reference, Tier::Published] {
        let answer = rt::System::new().block_on(ask_tier(tier, calculate(r#"{"n":168}"#)));
        assert_eq!(answer.json()["prime"], 997, "{tier:?}");
    }
}

#[test]
fn every_handler_answers_and_refuses_alike() {
    for handler in Handler::value_variants() {
        let ask = |request| {
            let settings = Settings { handler: *handler, ..settings(Tier::Reference) };
            rt::System::new().block_on(ask_with(settings, request))
        };
        let answer = ask(calculate(r#"{"n":168}"#));
        assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, "application/json"), "{handler:?}");
        assert!(answer.body.starts_with(br#"{"n":168,"prime":997,"duration":""#), "{handler:?}");
        let text = calculate(r#"{"n":1}"#).insert_header((header::CONTENT_TYPE, "text/plain"));
        for (request, status) in [
            (text, StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (calculate("{\"n\":1,\"x\":\"a".as_bytes()), StatusCode::BAD_REQUEST),
            (calculate(&b"{\"n\":1,\"x\":\"\xff\"}"[..]), StatusCode::BAD_REQUEST),
            (calculate(r#"{"n":0}"#), StatusCode::UNPROCESSABLE_ENTITY),
            (calculate(vec![b' '; 4_097]), StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            assert_problem(&ask(request), status);
        }
    }
}

#[test]
fn a_query_is_ignored() {
    assert_eq!(ask(post("/calculate?x=1", r#"{"n":1}"#)).json()["prime"], 2);
}

#[test]
fn the_media_type_is_compared_without_case_and_parameters() {
    for content_type in
        ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;x"]
    {
        let request = calculate(r#"{"n":1}"#).insert_header((header::CONTENT_TYPE, content_type));
        assert_eq!(ask(request).status, StatusCode::OK, "{content_type}");
    }
}

#[test]
fn another_media_type_or_none_is_415() {
    for content_type in ["text/plain", "application/jsonp", "application/json, text/plain", "json", ""] {
        let request = calculate(r#"{"n":1}"#).insert_header((header::CONTENT_TYPE, content_type));
        assert_problem(&ask(request), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = r#"{"n":1}"#;
    let without = TestRequest::post()
        .uri("/calculate")
        .insert_header((header::CONTENT_LENGTH, body.len().to_string()))
        .set_payload(body);
    assert_problem(&ask(without), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn a_body_that_is_no_json_object_is_400() {
    for body in ["", "{", "[1]", "null", "{\"n\":1}\0"] {
        assert_problem(&ask(calculate(body)), StatusCode::BAD_REQUEST);
    }
}

#[test]
fn n_that_is_no_integer_from_1_to_max_n_is_422() {
    for n in ["0", "-0", "1001", "1.0", "1e2", "\"5\"", "null"] {
        assert_problem(&ask(calculate(format!(r#"{{"n":{n}}}"#))), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_problem(&ask(calculate("{}")), StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn errors_repeat_nothing_of_the_request() {
    for request in [calculate(r#"{"n":"canary"}"#), calculate("canary"), post("/canary", "canary")] {
        let answer = ask(request);
        assert!(answer.status.is_client_error());
        assert!(!String::from_utf8_lossy(&answer.body).contains("canary"));
    }
}

#[test]
fn a_body_may_have_4096_bytes_and_not_one_more() {
    let of_size = |bytes: usize| {
        let frame = r#"{"n":1,"x":""}"#.len();
        format!(r#"{{"n":1,"x":"{}"}}"#, "a".repeat(bytes - frame))
    };
    assert_eq!(ask(calculate(of_size(4_096))).status, StatusCode::OK);
    assert_problem(&ask(calculate(of_size(4_097))), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn a_declared_length_over_the_limit_is_413_before_any_body() {
    for length in ["4097", "18446744073709551615"] {
        let request = calculate("").insert_header((header::CONTENT_LENGTH, length));
        assert_problem(&ask(request), StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[test]
fn chunks_over_the_limit_are_413() {
    let chunked = |body: Vec<u8>| {
        TestRequest::post()
            .uri("/calculate")
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .insert_header((header::TRANSFER_ENCODING, "chunked"))
            .set_payload(body)
    };
    assert_eq!(ask(chunked(br#"{"n":1}"#.to_vec())).status, StatusCode::OK);
    assert_problem(&ask(chunked(vec![b' '; 4_097])), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn an_unknown_path_is_404_whatever_else_is_wrong() {
    for path in
        ["/", "/calculate/", "/Calculate", "/calculate/x", "/healthy", "/%63alculate/", "/plaintext/", "/json/7/more"]
    {
        assert_problem(&ask(post(path, r#"{"n":1}"#)), StatusCode::NOT_FOUND);
        let also_too_large = post(path, "").insert_header((header::CONTENT_LENGTH, "4097"));
        assert_problem(&ask(also_too_large), StatusCode::NOT_FOUND);
    }
}

#[test]
fn another_method_is_405_and_names_those_allowed() {
    for (path, method, allow) in [
        ("/calculate", Method::GET, "POST"),
        ("/calculate", Method::HEAD, "POST"),
        ("/calculate", Method::PUT, "POST"),
        ("/calculate", Method::OPTIONS, "POST"),
        ("/health", Method::POST, "GET, HEAD"),
        ("/health", Method::DELETE, "GET, HEAD"),
        ("/plaintext", Method::POST, "GET, HEAD"),
        ("/json", Method::GET, "POST"),
        ("/json/7", Method::PUT, "GET, HEAD"),
    ] {
        let answer = ask(TestRequest::with_uri(path).method(method.clone()));
        assert_problem(&answer, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.allow.as_deref(), Some(allow), "{method} {path}");
    }
}

#[test]
fn a_method_that_is_not_allowed_comes_before_the_media_type() {
    let request = calculate("x").method(Method::PUT).insert_header((header::CONTENT_TYPE, "text/plain"));
    assert_problem(&ask(request), StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn a_header_section_over_the_limit_is_431_on_every_path() {
    for path in ["/calculate", "/health", "/plaintext", "/json", "/json/7", "/nowhere"] {
        let request = post(path, r#"{"n":1}"#).insert_header(("padding", "p".repeat(9_000)));
        assert_problem(&ask(request), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
}

#[test]
fn plaintext_is_13_bytes() {
    let answer = ask(TestRequest::get().uri("/plaintext?x=1"));
    assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert_eq!(answer.body, b"Hello, World!");
}

#[test]
fn an_item_is_built_and_an_unknown_one_is_404() {
    assert_eq!(ask(TestRequest::with_uri("/json/7").method(Method::HEAD)).status, StatusCode::OK);
    let answer = ask(TestRequest::get().uri("/json/1000000"));
    assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, "application/json"));
    assert_eq!(answer.json()["next"], "/json/1");
    for id in ["0", "1000001", "18446744073709551617", "one", "", "-1", "1.0"] {
        assert_problem(&ask(TestRequest::get().uri(&format!("/json/{id}"))), StatusCode::NOT_FOUND);
    }
}

#[test]
fn an_order_is_read_up_to_its_own_limit() {
    let order = |bytes: usize| format!(r#"{{"order":7,"items":[],"comment":"{}"}}"#, "c".repeat(bytes));
    let answer = ask(post("/json", order(60_000)));
    assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, "application/json"));
    assert_eq!(answer.json()["order"], 7);
    assert_problem(&ask(post("/json", order(70_000))), StatusCode::PAYLOAD_TOO_LARGE);
    assert_problem(&ask(post("/json", "{")), StatusCode::BAD_REQUEST);
    assert_problem(&ask(post("/json", "{}")), StatusCode::UNPROCESSABLE_ENTITY);
    let text = post("/json", order(1)).insert_header((header::CONTENT_TYPE, "text/plain"));
    assert_problem(&ask(text), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn health_is_200() {
    let answer = ask(TestRequest::get().uri("/health"));
    assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, "application/json"));
    assert_eq!(answer.body, br#"{"status":"ok"}"#);
    assert_eq!(ask(TestRequest::with_uri("/health").method(Method::HEAD)).status, StatusCode::OK);
}
