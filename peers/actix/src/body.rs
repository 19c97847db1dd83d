//! Reading a request's body: at most so many bytes, and all of it within [`TIME_LIMIT`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::ConnectionType;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;

use crate::problem::Problem;

/// The longest body that `POST /calculate` reads, and a refusal.
pub const SIZE_LIMIT_BYTES: usize = 4096;

/// From the end of the header section to the end of the body: one that trickles in gains nothing.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);

/// The whole body. One that arrives in one piece, as nearly all do, is handed on without a copy.
///
/// # Errors
/// `413` at once for a `Content-Length` over the limit, or when the chunks exceed it; `408` for a body that takes too
/// long; `400` for broken framing or a connection that ended.
pub async fn read<const LIMIT: usize>(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Problem> {
    timeout(TIME_LIMIT, read_parts::<LIMIT>(request, payload)).await.unwrap_or(Err(Problem::BODY_TOO_SLOW))
}

async fn read_parts<const LIMIT: usize>(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Problem> {
    let mut parts = Parts::<LIMIT>::new(request, payload)?;
    let Some(first) = parts.next().await? else {
        return Ok(Bytes::new());
    };
    let Some(second) = parts.next().await? else {
        return Ok(first);
    };
    let mut whole = BytesMut::with_capacity(SIZE_LIMIT_BYTES);
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&second);
    while let Some(part) = parts.next().await? {
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}

/// Answers with `problem`, having read the body so that the connection stays usable; a body that cannot be read whole
/// closes the connection.
pub async fn refuse(problem: Problem, request: &HttpRequest, mut payload: Payload) -> HttpResponse {
    match read::<SIZE_LIMIT_BYTES>(request, &mut payload).await {
        Ok(_) => problem.error_response(),
        Err(_) => refuse_unread(problem, payload),
    }
}

/// Answers with `problem` and closes the connection, whatever is left of the body.
///
/// The answer holds the payload until it is sent. A payload dropped before lets actix-http take a chunked body for one
/// that it may drain, and it would wait for its end without any limit; one that is still held makes it linger for
/// `client_disconnect_timeout` and close.
#[must_use]
pub fn refuse_unread(problem: Problem, payload: Payload) -> HttpResponse {
    problem.error_response().map_body(|head, body| {
        if problem == Problem::BODY_IS_BROKEN {
            // actix-http closes a connection whose framing is lost, without saying so in the answer.
            head.set_connection_type(ConnectionType::Close);
        }
        BoxBody::new(WithPayload { body, _payload: payload })
    })
}

/// A body's parts as they arrive, within the limits.
struct Parts<'a, const LIMIT: usize> {
    payload: &'a mut Payload,
    end: End,
    received: usize,
}

/// How the end of a body is known (RFC 9112, section 6.3).
enum End {
    AtLength(usize),
    AtLastChunk,
}

impl<'a, const LIMIT: usize> Parts<'a, LIMIT> {
    fn new(request: &HttpRequest, payload: &'a mut Payload) -> Result<Self, Problem> {
        let end = End::of(request, LIMIT)?;
        Ok(Self { payload, end, received: 0 })
    }

    /// The next part, `None` at the end.
    ///
    /// The length ends the body, not the payload's own end: after `Upgrade` or `CONNECT` actix-http's payload has none.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        if matches!(self.end, End::AtLength(length) if self.received >= length) {
            return Ok(None);
        }
        match self.payload.next().await {
            Some(Ok(part)) => self.count(part).map(Some),
            Some(Err(_)) => Err(Problem::BODY_IS_BROKEN),
            None => Ok(None),
        }
    }

    fn count(&mut self, part: Bytes) -> Result<Bytes, Problem> {
        self.received += part.len();
        if self.received > LIMIT { Err(Problem::BODY_TOO_LARGE) } else { Ok(part) }
    }
}

impl End {
    /// actix-http has refused malformed and contradicting fields by now; what is left is chunked, a length or no body.
    fn of(request: &HttpRequest, limit: usize) -> Result<Self, Problem> {
        if request.chunked().map_err(|_| Problem::BODY_IS_BROKEN)? {
            return Ok(Self::AtLastChunk);
        }
        let Some(field) = request.headers().get(CONTENT_LENGTH) else {
            return Ok(Self::AtLength(0));
        };
        let length: u64 =
            field.to_str().ok().and_then(|text| text.trim().parse().ok()).ok_or(Problem::BODY_IS_BROKEN)?;
        match usize::try_from(length) {
            Ok(length) if length <= limit => Ok(Self::AtLength(length)),
            _ => Err(Problem::BODY_TOO_LARGE),
        }
    }
}

/// An answer's body that keeps the request's payload alive until the answer is sent.
struct WithPayload {
    body: BoxBody,
    _payload: Payload,
}

impl MessageBody for WithPayload {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
