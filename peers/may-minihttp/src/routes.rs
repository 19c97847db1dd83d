//! Which path and method lead where.

use std::io::{self, Read};

use may_minihttp::{HttpService, Request, Response};
use primebench_work::item::Item;
use primebench_work::media_type::is_json;
use primebench_work::problem::Problem;
use primebench_work::{calculate, order};
use serde::Serialize;

const JSON: &str = "Content-Type: application/json";
const PROBLEM: &str = "Content-Type: application/problem+json";
const PLAIN: &str = "Content-Type: text/plain";
const ALLOW_GET: &str = "Allow: GET, HEAD";
const ALLOW_POST: &str = "Allow: POST";

/// The service of a connection.
#[derive(Clone)]
pub struct Field {
    /// The largest n that is answered.
    pub max_n: u32,
}

/// What is to be answered, before the body is read.
enum Route {
    Calculate,
    Order,
    Plaintext,
    Item(Box<Item>),
    Health,
    /// The header of `GET` alone.
    Head(&'static str),
    Refused(Problem, Option<&'static str>),
}

impl HttpService for Field {
    fn call(&mut self, request: Request, response: &mut Response) -> io::Result<()> {
        let route = route(&request);
        let is_head = request.method() == "HEAD";
        let limit = match route {
            Route::Calculate => calculate::BODY_LIMIT,
            Route::Order => order::BODY_LIMIT,
            _ => 0,
        };
        // Always: what is left of a body would be taken for the next request.
        let body = read(request, limit)?;
        match route {
            Route::Calculate => answer(response, body.and_then(|body| calculate::answer(&body, self.max_n))),
            Route::Order => answer(response, body.and_then(|body| order::summarise(&body))),
            Route::Plaintext => response.header(PLAIN).body("Hello, World!"),
            Route::Item(item) => answer(response, Ok(item)),
            Route::Health => response.header(JSON).body(r#"{"status":"ok"}"#),
            Route::Head(header) => drop(response.header(header)),
            Route::Refused(problem, allow) => {
                if let Some(allow) = allow {
                    response.header(allow);
                }
                if is_head {
                    response.status_code(problem.status.into(), problem.title).header(PROBLEM);
                } else {
                    refuse(response, &problem);
                }
            }
        }
        Ok(())
    }
}

fn route(request: &Request) -> Route {
    let path = request.path().split('?').next().unwrap_or_default();
    match path {
        "/calculate" => for_post(request, Route::Calculate),
        "/plaintext" => for_get(request, PLAIN, Route::Plaintext),
        "/json" => for_post(request, Route::Order),
        "/health" => for_get(request, JSON, Route::Health),
        _ => match path.strip_prefix("/json/").and_then(Item::at) {
            Some(item) => for_get(request, JSON, Route::Item(Box::new(item))),
            None => Route::Refused(Problem::NO_SUCH_PATH, None),
        },
    }
}

fn for_get(request: &Request, header: &'static str, route: Route) -> Route {
    match request.method() {
        "GET" => route,
        "HEAD" => Route::Head(header),
        _ => Route::Refused(Problem::METHOD, Some(ALLOW_GET)),
    }
}

fn for_post(request: &Request, route: Route) -> Route {
    let content_type = request.headers().iter().find(|header| header.name.eq_ignore_ascii_case("content-type"));
    match request.method() {
        "POST" if content_type.is_some_and(|header| is_json(header.value)) => route,
        "POST" => Route::Refused(Problem::MEDIA_TYPE, None),
        _ => Route::Refused(Problem::METHOD, Some(ALLOW_POST)),
    }
}

/// Reads a body of the announced length; when it is dropped, the reader skips what is over the limit.
fn read(request: Request, limit: usize) -> io::Result<Result<Vec<u8>, Problem>> {
    let mut body = Vec::new();
    request.body().take(limit as u64 + 1).read_to_end(&mut body)?;
    Ok(if body.len() > limit { Err(Problem::TOO_LARGE) } else { Ok(body) })
}

fn answer(response: &mut Response, answer: Result<impl Serialize, Problem>) {
    match answer.map(|value| serde_json::to_vec(&value)) {
        Ok(Ok(text)) => response.header(JSON).body_vec(text),
        Ok(Err(_)) => unreachable!("strings, numbers and lists of them serialise"),
        Err(problem) => refuse(response, &problem),
    }
}

fn refuse(response: &mut Response, problem: &Problem) {
    response.status_code(problem.status.into(), problem.title).header(PROBLEM).body_vec(problem.to_json());
}
