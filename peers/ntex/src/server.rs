//! Listening, limits, draining: ntex does the last on SIGTERM and SIGINT by itself.

use std::io;
use std::net::{SocketAddr, TcpListener};

use ntex::SharedCfg;
use ntex::http::HttpServiceConfig;
use ntex::time::Seconds;
use ntex::web::{self, App, HttpServer};
use primebench_work::settings::Settings;

use crate::{PROGRAM, routes};

const IDLE_LIMIT: Seconds = Seconds(60);
const HEADER_TIME_LIMIT: Seconds = Seconds(5);
const HEADER_SIZE_LIMIT: usize = 8_192;
/// Leaves time to exit within 5 s of the signal.
const DRAIN_LIMIT: Seconds = Seconds(3);

/// Serves until SIGTERM or SIGINT, then answers what is in flight.
///
/// # Errors
/// The address cannot be listened on, or no worker starts.
pub async fn serve(settings: Settings) -> io::Result<()> {
    let Settings { threads, max_n, .. } = settings;
    let listener = listen(settings)?;
    let address = listener.local_addr()?;
    // No time is won by a byte now and then: both of the rate's times are the limit.
    let http = HttpServiceConfig::new()
        .set_keepalive(IDLE_LIMIT)
        .set_headers_read_rate(HEADER_TIME_LIMIT, HEADER_TIME_LIMIT, u32::MAX)
        .set_max_buf_size(HEADER_SIZE_LIMIT);
    let app =
        async move || App::new().state(max_n).configure(routes::configure).default_service(web::to(routes::not_found));
    let server = HttpServer::new(app)
        .workers(threads)
        .shutdown_timeout(DRAIN_LIMIT)
        .config(SharedCfg::new(PROGRAM).add(http))
        .listen(listener)?
        .run();
    println!("{PROGRAM} listening on http://{address} threads={threads} max_n={max_n}");
    server.await
}

/// `HttpServer::bind` does not tell which port it took.
fn listen(settings: Settings) -> io::Result<TcpListener> {
    let address = SocketAddr::new(settings.host, settings.port);
    TcpListener::bind(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error} (choose another --host or --port)"))
    })
}
