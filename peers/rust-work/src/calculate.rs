//! The task prime: the body of `POST /calculate` and of its answer.

use std::hint::black_box;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::duration::GoDuration;
use crate::prime::nth_prime;
use crate::problem::Problem;

/// The longest body that is read.
pub const BODY_LIMIT: usize = 4_096;

/// `n` stays raw text: whether `1.0`, `1e4` or `-0` is an integer is a question of how it is written.
#[derive(Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    n: Option<&'a RawValue>,
}

/// The body of a `200`.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// As asked.
    pub n: u32,
    /// The `n`-th prime.
    pub prime: u32,
    /// Wall time of the calculation alone.
    pub duration: GoDuration,
}

/// Answers a body.
///
/// # Errors
/// `400` for anything but a JSON object in UTF-8, `422` for an `n` that is missing or no integer from 1 to `max_n`.
pub fn answer(body: &[u8], max_n: u32) -> Result<Answer, Problem> {
    let n = decode(body, max_n)?;
    let start = Instant::now();
    // black_box keeps the loop between the two readings of the clock.
    let prime = black_box(nth_prime(black_box(n)));
    Ok(Answer { n, prime, duration: GoDuration(start.elapsed()) })
}

fn decode(body: &[u8], max_n: u32) -> Result<u32, Problem> {
    // serde_json does not look at the UTF-8 of strings that it skips.
    let text = str::from_utf8(body).map_err(|_| Problem::NOT_JSON)?;
    // It takes an array for a struct.
    if !text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{') {
        return Err(Problem::NOT_AN_OBJECT);
    }
    let question: Question = serde_json::from_str(text).map_err(|_| Problem::NOT_JSON)?;
    // JSON has no leading zero and no plus sign, so what parses as an integer is written as one.
    let n = question.n.and_then(|raw| raw.get().parse().ok());
    n.filter(|n| (1..=max_n).contains(n)).ok_or(Problem::N)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_N: u32 = 100_000;

    #[track_caller]
    fn assert_decodes(bodies: &[&str], expected: Result<u32, u16>) {
        for body in bodies {
            assert_eq!(decode(body.as_bytes(), MAX_N).map_err(|problem| problem.status), expected, "{body}");
        }
    }

    #[test]
    fn integers_in_range_are_taken_and_other_keys_ignored() {
        assert_decodes(
            &[r#"{"n":7}"#, "\r\n\t { \"n\" : 7 } \n", r#"{"\u006e":7}"#, r#"{"N":1,"m":{"n":2},"n":7,"x":1e999999}"#],
            Ok(7),
        );
        assert_decodes(&[r#"{"n":100000}"#], Ok(MAX_N));
    }

    #[test]
    fn what_is_not_a_json_object_is_400() {
        assert_decodes(
            &["", "{", "[7]", "7", "null", r#"{"n":7,}"#, r#"{"n":7} x"#, "{\"n\":7}\0", r#"{"n":07}"#, "{n:7}"],
            Err(400),
        );
        assert_eq!(decode(b"{\"n\":7,\"x\":\"\xff\"}", MAX_N), Err(Problem::NOT_JSON));
    }

    #[test]
    fn what_is_not_an_integer_in_range_is_422() {
        assert_decodes(
            &["{}", r#"{"N":7}"#, r#"{"n":null}"#, r#"{"n":"7"}"#, r#"{"n":0}"#, r#"{"n":-0}"#, r#"{"n":-1}"#],
            Err(422),
        );
        assert_decodes(&[r#"{"n":1.0}"#, r#"{"n":1e4}"#, r#"{"n":100001}"#, r#"{"n":4294967297}"#], Err(422));
    }

    #[test]
    fn an_answer_has_its_three_keys_in_order() {
        let text = serde_json::to_string(&answer(br#"{"n":1000}"#, MAX_N).expect("valid")).expect("serialises");
        assert!(text.starts_with(r#"{"n":1000,"prime":7919,"duration":""#), "{text}");
    }
}
