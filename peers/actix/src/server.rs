//! Starting, announcing and draining the server.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::pin::pin;
use std::process;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use actix_web::rt::time::timeout;
use actix_web::{App, HttpServer};
use futures_util::future::select;

use crate::handler::Handler;
use crate::routes;
use crate::settings::{PROGRAM, Settings};

const HEADER_SECTION_LIMIT: Duration = Duration::from_secs(5);
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// How long a connection that is closed on an unread body is still read, so that the client sees the answer and not the
/// reset that unread data would bring (RFC 9112, section 9.6).
const LINGER_LIMIT: Duration = Duration::from_secs(1);

/// Both below the 5 seconds of the contract: workers drop what is left after the first, the process ends at the second.
const DRAIN_LIMIT_SECONDS: u64 = 3;
const EXIT_LIMIT: Duration = Duration::from_secs(4);

/// Serves until SIGTERM or SIGINT, then answers what is in flight.
///
/// # Errors
/// The address cannot be listened on, the announcement cannot be written, or no worker starts.
pub async fn serve(settings: Settings) -> io::Result<()> {
    // Before the announcement: whoever reads it may send a signal at once.
    let signals = StopSignals::listen()?;
    let server = HttpServer::new(move || App::new().configure(routes::configure(settings)))
        .workers(usize::from(settings.threads))
        .keep_alive(IDLE_LIMIT)
        .client_request_timeout(HEADER_SECTION_LIMIT)
        .client_disconnect_timeout(LINGER_LIMIT)
        .tcp_nodelay(true)
        .shutdown_timeout(DRAIN_LIMIT_SECONDS)
        .disable_signals()
        .bind((settings.host, settings.port))
        .map_err(|error| cannot_listen(&settings, &error))?;
    let addresses = server.addrs();
    let running = server.run();
    rt::spawn(drain_on_signal(signals, running.handle()));
    announce(&settings, &addresses)?;
    running.await
}

fn cannot_listen(settings: &Settings, error: &io::Error) -> io::Error {
    let address = SocketAddr::new(settings.host, settings.port);
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error} (choose another --host or --port)"))
}

fn announce(settings: &Settings, addresses: &[SocketAddr]) -> io::Result<()> {
    let Settings { threads, max_n, tier, handler, .. } = settings;
    let handler = match handler {
        Handler::Inline => String::new(),
        other => format!(" handler={}", other.name()),
    };
    let mut output = io::stdout().lock();
    for address in addresses {
        let tier = tier.name();
        writeln!(
            output,
            "{PROGRAM} listening on http://{address} threads={threads} max_n={max_n} tier={tier}{handler}"
        )?;
    }
    output.flush()
}

/// SIGTERM and SIGINT alike. Actix's own handling would drop connections on SIGINT.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn arrive(&mut self) {
        let Self { terminate, interrupt } = self;
        select(pin!(terminate.recv()), pin!(interrupt.recv())).await;
    }
}

/// A graceful stop closes idle connections and lets the others finish what they are at. It cannot interrupt a worker in
/// the middle of a calculation, so the process does not wait for that beyond the limit.
async fn drain_on_signal(mut signals: StopSignals, server: ServerHandle) {
    signals.arrive().await;
    if timeout(EXIT_LIMIT, server.stop(true)).await.is_err() {
        process::exit(0);
    }
}
