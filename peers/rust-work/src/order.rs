//! The task json, the document that is parsed: `POST /json`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::problem::Problem;

/// The longest body that is read.
pub const BODY_LIMIT: usize = 65_536;

/// The body. Texts without escapes are borrowed from it.
#[derive(Deserialize)]
struct Document<'a> {
    order: i64,
    #[serde(borrow)]
    items: Vec<Item<'a>>,
    #[serde(borrow, rename = "comment")]
    _comment: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    value: i64,
    #[serde(borrow)]
    tags: Vec<Cow<'a, str>>,
}

/// The body of a `200`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// As asked.
    pub order: i64,
    /// How many items there are.
    pub count: usize,
    /// Of their values; wraps beyond 64 bits.
    pub sum: i64,
    /// The longest name in bytes, the first of those that are equally long.
    pub longest: String,
    /// How many tags all items have.
    pub tags: usize,
}

/// Parses the whole body and sums it up.
///
/// # Errors
/// `400` for what is not JSON in UTF-8, `422` for JSON of another shape.
pub fn summarise(body: &[u8]) -> Result<Summary, Problem> {
    let text = str::from_utf8(body).map_err(|_| Problem::NOT_JSON)?;
    let document: Document = serde_json::from_str(text).map_err(|error| reason(text, &error))?;
    // serde takes an array of three for the struct.
    if !text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{') {
        return Err(Problem::SHAPE);
    }
    let mut longest = "";
    for item in &document.items {
        if item.name.len() > longest.len() {
            longest = &item.name;
        }
    }
    Ok(Summary {
        order: document.order,
        count: document.items.len(),
        sum: document.items.iter().fold(0, |sum, item| sum.wrapping_add(item.value)),
        longest: longest.to_owned(),
        tags: document.items.iter().map(|item| item.tags.len()).sum(),
    })
}

/// serde stops at the first value of another type; what follows may still not be JSON.
fn reason(text: &str, error: &serde_json::Error) -> Problem {
    let is_json = error.classify() == Category::Data && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if is_json { Problem::SHAPE } else { Problem::NOT_JSON }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_summed_up() {
        let body = r#"{"order":5,"comment":"","items":[{"name":"ab","value":9007199254740993,"tags":["x","\n"]},
            {"name":"№","value":-1,"tags":[]},{"name":"abc","value":3,"tags":["z"],"more":1}]}"#;
        let expected = Summary { order: 5, count: 3, sum: 9_007_199_254_740_995, longest: "№".to_owned(), tags: 3 };
        assert_eq!(summarise(body.as_bytes()), Ok(expected));
    }

    #[test]
    fn what_is_not_json_is_400() {
        for body in ["", "{", "order=1", r#"{"order":1,}"#, r#"{"order":"x",}"#, r#"{"order":1} x"#, r#"{"order":01}"#]
        {
            assert_eq!(summarise(body.as_bytes()), Err(Problem::NOT_JSON), "{body}");
        }
        assert_eq!(summarise(b"{\"order\":\"\xff\"}"), Err(Problem::NOT_JSON));
    }

    #[test]
    fn json_of_another_shape_is_422() {
        for body in [
            "null",
            "[]",
            "1",
            "{}",
            r#"[1,[],""]"#,
            r#"{"order":"1","items":[],"comment":""}"#,
            r#"{"order":1.5,"items":[],"comment":""}"#,
            r#"{"order":1,"items":{},"comment":""}"#,
            r#"{"order":1,"items":[]}"#,
            r#"{"order":1,"items":[{"name":"a","value":1}],"comment":""}"#,
            r#"{"order":1,"items":[{"name":null,"value":1,"tags":[]}],"comment":""}"#,
            r#"{"order":1,"items":[{"name":"a","value":1,"tags":[null]}],"comment":""}"#,
        ] {
            assert_eq!(summarise(body.as_bytes()), Err(Problem::SHAPE), "{body}");
        }
    }
}
