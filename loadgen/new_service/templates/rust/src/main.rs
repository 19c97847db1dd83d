//! new-service --host 127.0.0.1 --port 8080 --threads 1

use std::env;
use std::error::Error;

use axum::routing::get;
use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{signal, SignalKind};

/// What is asked: the only request that is answered so far.
const PATH: &str = "/path-of-the-task";
const BODY: &str = "body-of-the-task";

fn option(name: &str, default: &str) -> String {
    let arguments: Vec<String> = env::args().collect();
    let found = arguments.iter().position(|argument| argument == name);
    found
        .and_then(|at| arguments.get(at + 1))
        .map_or_else(|| default.to_owned(), Clone::clone)
}

async fn serve(address: String) -> Result<(), Box<dyn Error>> {
    let application = Router::new().route(PATH, get(|| async { BODY }));
    let listener = TcpListener::bind(address).await?;
    let mut ended = signal(SignalKind::terminate())?;
    axum::serve(listener, application)
        .with_graceful_shutdown(async move {
            ended.recv().await;
        })
        .await?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let threads = option("--threads", "1").parse()?;
    let address = format!(
        "{}:{}",
        option("--host", "127.0.0.1"),
        option("--port", "8080")
    );
    let runtime = Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    runtime.block_on(serve(address))
}
