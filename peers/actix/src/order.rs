//! `POST /json`: a document of items, and what there is to say of it. `docs/reference/field-tasks.md` has the rules.

use actix_web::web::Payload;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::body;
use crate::problem::Problem;

/// The longest body that is read.
pub const SIZE_LIMIT_BYTES: usize = 65_536;

/// The body of a request, all of it, as `serde_json` reads it into owned values.
#[derive(Deserialize)]
struct Document {
    order: i64,
    items: Vec<Item>,
    #[serde(rename = "comment")]
    _comment: String,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    value: i64,
    tags: Vec<String>,
}

/// The body of a `200`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Totals {
    order: i64,
    count: usize,
    sum: i64,
    longest: String,
    tags: usize,
}

impl Totals {
    fn of(document: Document) -> Self {
        let (count, sum) =
            (document.items.len(), document.items.iter().map(|item| item.value).fold(0, i64::wrapping_add));
        let tags = document.items.iter().map(|item| item.tags.len()).sum();
        let mut longest = String::new();
        for item in document.items {
            if item.name.len() > longest.len() {
                longest = item.name;
            }
        }
        Self { order: document.order, count, sum, longest, tags }
    }
}

/// What there is to say of a request's body.
///
/// # Errors
/// `400` for what is no JSON, `422` for JSON of another shape.
pub fn read(body: &[u8]) -> Result<Totals, Problem> {
    match serde_json::from_slice(body) {
        Ok(document) => Ok(Totals::of(document)),
        Err(error) if error.is_data() => Err(Problem::NOT_AN_ORDER),
        Err(_) => Err(Problem::BODY_IS_NO_JSON),
    }
}

/// The handler.
///
/// # Errors
/// `415`, `400`, `422`; `413` and `408` come as an answer that closes the connection.
pub async fn handle(request: HttpRequest, mut payload: Payload) -> Result<HttpResponse, Problem> {
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Ok(body::refuse(Problem::NOT_JSON_MEDIA_TYPE, &request, payload).await);
    }
    match body::read::<SIZE_LIMIT_BYTES>(&request, &mut payload).await {
        Ok(body) => Ok(HttpResponse::Ok().json(read(&body)?)),
        Err(Problem::BODY_TOO_LARGE) => Ok(body::refuse_unread(Problem::ORDER_TOO_LARGE, payload)),
        Err(problem) => Ok(body::refuse_unread(problem, payload)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_added_up() {
        let body = concat!(
            r#"{"order":1,"items":[{"name":"elm","value":4294967296,"tags":["a"]},{"name":"öl","value":-1,"tags":[]},"#,
            r#"{"name":"naïve","value":1,"tags":["b","c"]},{"name":"kapok1","value":0,"tags":[]}],"comment":"x","more":[null]}"#,
        );
        let totals = Totals { order: 1, count: 4, sum: 4_294_967_296, longest: "naïve".to_owned(), tags: 3 };
        assert_eq!(read(body.as_bytes()), Ok(totals));
        let none = Totals { order: 7, count: 0, sum: 0, longest: String::new(), tags: 0 };
        assert_eq!(read(br#"{"order":7,"items":[],"comment":""}"#), Ok(none));
    }

    #[test]
    fn what_is_no_json_is_told_from_what_is_no_order() {
        for body in [
            &b""[..],
            b"{",
            br#"{"order":7,"items":["#,
            br#"{"order":7,"items":[],"comment":"","more":-}"#,
            b"{\"order\":7,\"items\":[],\"comment\":\"\xff\"}",
        ] {
            assert_eq!(read(body), Err(Problem::BODY_IS_NO_JSON), "{}", String::from_utf8_lossy(body));
        }
        for body in [
            "[1,2,3]",
            "null",
            "7",
            "{}",
            r#"{"order":7,"comment":""}"#,
            r#"{"items":[],"comment":""}"#,
            r#"{"order":"7","items":[],"comment":""}"#,
            r#"{"order":7,"items":null,"comment":""}"#,
            r#"{"order":7,"items":[{"name":"a","value":"1","tags":[]}],"comment":""}"#,
            r#"{"order":7,"items":[{"name":"a","value":1.5,"tags":[]}],"comment":""}"#,
            r#"{"order":7,"items":[{"name":"a","value":1,"tags":["b",2]}],"comment":""}"#,
            r#"{"order":7,"items":[{"value":1,"tags":[]}],"comment":""}"#,
        ] {
            assert_eq!(read(body.as_bytes()), Err(Problem::NOT_AN_ORDER), "{body}");
        }
    }
}
