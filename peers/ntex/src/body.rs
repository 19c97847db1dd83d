//! Reading a body that says it is JSON.

use ntex::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use ntex::time::{Seconds, timeout};
use ntex::util::{Bytes, BytesMut};
use ntex::web::HttpRequest;
use ntex::web::types::Payload;
use primebench_work::media_type::is_json;
use primebench_work::problem::Problem;

/// From the end of the header section to the end of the body; the contract lets a slow client go within 10 s.
const TIME_LIMIT: Seconds = Seconds(8);

/// A body of at most `limit` bytes. One that arrives in one piece, as nearly all do, is handed on without a copy.
///
/// `web::types::Json` would decode into owned types only, and not tell 400 from 422 as the tasks do.
///
/// # Errors
/// `415` for another media type, `413` for a body that is or says it is longer, `408` for a slow one, `400` for a broken one.
pub async fn read_json(request: &HttpRequest, payload: &mut Payload, limit: usize) -> Result<Bytes, Problem> {
    if !request.headers().get(CONTENT_TYPE).is_some_and(|value| is_json(value.as_bytes())) {
        return Err(Problem::MEDIA_TYPE);
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    // The body is not waited for.
    if length.is_some_and(|length| length > limit as u64) {
        return Err(Problem::TOO_LARGE);
    }
    timeout(TIME_LIMIT, read_parts(payload, limit)).await.unwrap_or(Err(Problem::TOO_SLOW))
}

async fn read_parts(payload: &mut Payload, limit: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(part) = payload.recv().await {
        let part = part.map_err(|_| Problem::UNREADABLE)?;
        if first.len() + whole.len() + part.len() > limit {
            return Err(Problem::TOO_LARGE);
        }
        if first.is_empty() && whole.is_empty() {
            first = part;
            continue;
        }
        whole.extend_from_slice(&std::mem::take(&mut first));
        whole.extend_from_slice(&part);
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}
