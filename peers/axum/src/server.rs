//! Listening, limits, draining on SIGTERM and SIGINT: the loop of axum's example serve-with-hyper.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use primebench_work::settings::Settings;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

use crate::{PROGRAM, routes};

/// hyper's one time for a header section counts from the end of the response before it: a connection that is idle for so long is closed
/// as well. The contract lets a slow client go within 10 s.
const HEADER_TIME_LIMIT: Duration = Duration::from_secs(9);
/// What hyper reads of a header section at most; the smallest that it can be told.
const HEADER_SIZE_LIMIT: usize = 8_192;
/// Leaves time to exit within 5 s of the signal.
const DRAIN_LIMIT: Duration = Duration::from_secs(4);
/// Before the next try to accept, when files run short.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until SIGTERM or SIGINT, then answers what is in flight.
///
/// # Errors
/// The address cannot be listened on, or no handler of signals can be set.
pub async fn serve(settings: Settings) -> io::Result<()> {
    // Before the announcement: whoever reads it may send a signal at once.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener = listen(settings).await?;
    let Settings { threads, max_n, .. } = settings;
    println!("{PROGRAM} listening on http://{} threads={threads} max_n={max_n}", listener.local_addr()?);

    let connections = GracefulShutdown::new();
    let router = routes::router(max_n);
    tokio::select! {
        () = accept(&listener, &router, &connections) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    drop(listener);
    // A request that outlasts the limit ends with the process.
    let _ = timeout(DRAIN_LIMIT, connections.shutdown()).await;
    Ok(())
}

async fn listen(settings: Settings) -> io::Result<TcpListener> {
    let address = SocketAddr::new(settings.host, settings.port);
    let explain = |error: io::Error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error} (choose another --host or --port)"))
    };
    TcpListener::bind(address).await.map_err(explain)
}

async fn accept(listener: &TcpListener, router: &Router, connections: &GracefulShutdown) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME_LIMIT).max_buf_size(HEADER_SIZE_LIMIT);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        serve_connection(stream, &http, router, connections);
    }
}

fn serve_connection(stream: TcpStream, http: &http1::Builder, router: &Router, connections: &GracefulShutdown) {
    let _ = stream.set_nodelay(true); // it is slower without, not wrong
    let service = TowerToHyperService::new(router.clone());
    let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        let _ = pin!(connection).await; // an error is the client's
    });
}
