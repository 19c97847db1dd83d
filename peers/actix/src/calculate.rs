//! `POST /calculate`: decode `{"n": N}`, find the n-th prime, encode the answer.

use std::hint::black_box;
use std::time::Instant;

use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::{Data, Payload};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::body;
use crate::duration::GoDuration;
use crate::prime::Tier;
use crate::problem::Problem;
use crate::settings::Settings;

/// The body of a request. `n` stays raw text, borrowed: whether `1.0`, `1e4` or `-0` is an integer is a question of how
/// it is written, and a number of any length is syntax before it is a value. Nothing is allocated, but for escapes in
/// keys and for brackets that nest in ignored values.
#[derive(Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    n: Option<&'a RawValue>,
}

/// The body of a `200`.
#[derive(Serialize)]
pub struct Answer {
    /// As asked.
    pub n: u32,
    /// The `n`-th prime.
    pub prime: u64,
    /// Wall time of the calculation alone.
    pub duration: GoDuration,
}

/// The `n` of a request's body.
///
/// # Errors
/// `400` for anything but a JSON object in UTF-8, `422` for an `n` that is missing or no integer from 1 to `max_n`.
pub fn decode(body: &[u8], max_n: u32) -> Result<u32, Problem> {
    let raw = question(body).ok_or(Problem::BODY_IS_NO_JSON_OBJECT)?.n;
    // JSON has no leading zeros and no plus sign, so an integer that parses as one is written as one.
    let n = raw.and_then(|raw| raw.get().parse().ok());
    n.filter(|n| (1..=max_n).contains(n)).ok_or(Problem::N_OUT_OF_RANGE)
}

/// The body as an object. The UTF-8 of the whole is checked first, since `serde_json` does not look into strings that
/// it skips; and the brace, since it takes an array for a struct.
fn question(body: &[u8]) -> Option<Question<'_>> {
    let text = str::from_utf8(body).ok()?;
    let is_object = text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{');
    if is_object { serde_json::from_str(text).ok() } else { None }
}

/// Finds the prime and takes the time.
#[must_use]
pub fn calculate(tier: Tier, n: u32) -> Answer {
    let start = Instant::now();
    // The clock is no dependency of the loop: black_box keeps the result, and so the loop, between the two readings.
    let prime = black_box(tier.nth_prime(black_box(n)));
    let duration = GoDuration(start.elapsed());
    Answer { n, prime, duration }
}

/// The handler. The calculation runs inline on the worker, as in the article: other connections of that worker wait.
///
/// # Errors
/// `415`, `400`, `422` as the contract orders them; `413` and `408` come as an answer that closes the connection.
pub async fn handle(
    request: HttpRequest,
    mut payload: Payload,
    settings: Data<Settings>,
) -> Result<HttpResponse, Problem> {
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Ok(body::refuse(Problem::NOT_JSON_MEDIA_TYPE, &request, payload).await);
    }
    let body = match body::read::<{ body::SIZE_LIMIT_BYTES }>(&request, &mut payload).await {
        Ok(body) => body,
        Err(problem) => return Ok(body::refuse_unread(problem, payload)),
    };
    let n = decode(&body, settings.max_n)?;
    Ok(HttpResponse::Ok().json(calculate(settings.tier, n)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MAX_N: u32 = 100_000;

    #[track_caller]
    fn assert_decodes(body: impl AsRef<[u8]>, expected: Result<u32, Problem>) {
        let body = body.as_ref();
        assert_eq!(decode(body, MAX_N), expected, "{}", String::from_utf8_lossy(&body[..body.len().min(80)]));
    }

    #[test]
    fn integers_from_1_to_max_n_are_taken() {
        assert_decodes(r#"{"n":1}"#, Ok(1));
        assert_decodes(r#"{"n":10000}"#, Ok(10_000));
        assert_decodes(r#"{"n":100000}"#, Ok(MAX_N));
        assert_decodes("\r\n\t { \"n\" : 7 } \n", Ok(7));
        assert_decodes(r#"{"\u006e":7}"#, Ok(7));
    }

    #[test]
    fn other_keys_are_ignored_whatever_they_hold() {
        assert_decodes(r#"{"N":1,"m":{"n":2},"n":7,"":null}"#, Ok(7));
        assert_decodes(r#"{"x":1e999999,"y":-0.0E-400,"z":123456789012345678901234567890,"n":7}"#, Ok(7));
        assert_decodes(format!(r#"{{"x":{}{},"n":7}}"#, "[".repeat(2_000), "]".repeat(2_000)), Ok(7));
        assert_decodes(format!(r#"{{"x":{}1{},"n":7}}"#, r#"{"a":"#.repeat(600), "}".repeat(600)), Ok(7));
        assert_decodes(format!(r#"{{"x":"{}","n":7}}"#, "é".repeat(2_000)), Ok(7));
    }

    #[test]
    fn what_is_not_an_integer_in_range_is_422() {
        for n in [
            "0",
            "-0",
            "-1",
            "100001",
            "4294967297",
            "18446744073709551617",
            "1.5",
            "1.0",
            "1e4",
            "1E0",
            "1e999999",
            "12.000000000000000e-2147483639",
            "null",
            "true",
            "false",
            "\"5\"",
            "[]",
            "{}",
            "[1]",
            "{\"n\":1}",
        ] {
            assert_decodes(format!(r#"{{"n":{n}}}"#), Err(Problem::N_OUT_OF_RANGE));
        }
        assert_decodes(format!(r#"{{"n":{}}}"#, "9".repeat(100)), Err(Problem::N_OUT_OF_RANGE));
        assert_decodes(format!(r#"{{"n":{}{}}}"#, "[".repeat(2_000), "]".repeat(2_000)), Err(Problem::N_OUT_OF_RANGE));
        assert_decodes("{}", Err(Problem::N_OUT_OF_RANGE));
        assert_decodes(r#"{"N":7}"#, Err(Problem::N_OUT_OF_RANGE));
    }

    #[test]
    fn what_is_not_json_is_400() {
        for body in [
            "",
            " ",
            "{",
            r#"{"n""#,
            r#"{"n":"#,
            r#"{"n":7"#,
            r#"{"n":7,}"#,
            r#"{"n":7}}"#,
            r#"{"n":7} x"#,
            "{\"n\":7}\0",
            r#"{"n":07}"#,
            r#"{"n":+1}"#,
            r#"{"n":NaN}"#,
            r#"{"n":1.}"#,
            r#"{"n":-}"#,
            r#"{"n":0x10}"#,
            "{'n':7}",
            r"{n:7}",
            r#"{"n":7/*x*/}"#,
            r#"{"n":7}{"n":8}"#,
            r#"{"n":7,"x":"a"#,
            r#"{"n":7,"x":01}"#,
            r#"{"n":"5}"#,
            "{\"n\":7,\"x\":\"\n\"}",
            r#"{"n":7,"x":"\q"}"#,
            r#"{"n":7,"x":[1,]}"#,
            "\u{a0}{\"n\":7}",
            "hello",
        ] {
            assert_decodes(body, Err(Problem::BODY_IS_NO_JSON_OBJECT));
        }
    }

    #[test]
    fn json_that_is_no_object_is_400() {
        for body in ["[10000]", "[]", "5", "\"x\"", "null", "true", " [{\"n\":7}] "] {
            assert_decodes(body, Err(Problem::BODY_IS_NO_JSON_OBJECT));
        }
    }

    #[test]
    fn invalid_utf8_is_400_wherever_it_stands() {
        for body in [
            &b"{\"n\":7,\"x\":\"\xff\"}"[..],
            b"{\"n\":7,\"\xc3\":1}",
            b"{\"n\":7,\"x\":[{\"y\":\"\xed\xa0\x80\"}]}",
            b"{\"n\":\"\x80\"}",
            b"{\"n\":7}\xff",
        ] {
            assert_decodes(body, Err(Problem::BODY_IS_NO_JSON_OBJECT));
        }
    }

    #[test]
    fn an_answer_has_its_three_keys_in_order() {
        let answer = Answer { n: 10_000, prime: 104_729, duration: GoDuration(Duration::from_nanos(4_812_345)) };
        let json = serde_json::to_string(&answer).expect("an answer serialises");
        assert_eq!(json, r#"{"n":10000,"prime":104729,"duration":"4.812345ms"}"#);
    }

    #[test]
    fn an_answer_repeats_n() {
        let answer = calculate(Tier::Reference, 1_000);
        assert_eq!((answer.n, answer.prime), (1_000, 7_919));
    }
}
