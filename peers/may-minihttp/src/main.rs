//! The field's three tasks on `may_minihttp`: [`routes`] is the service of a connection; this file listens and ends.

mod routes;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::{ExitCode, exit};
use std::thread;
use std::time::Duration;

use may::coroutine::JoinHandle;
use may_minihttp::HttpServer;
use primebench_work::settings::{self, Settings};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::routes::Field;

const PROGRAM: &str = "primebench-may-minihttp";

/// Stack of a coroutine, in words; only pages that are touched take memory.
const STACK_WORDS: usize = 0x4000;

/// The server has no drain: what is being answered gets this time.
const DRAIN_TIME: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let settings = match settings::from_command_line(PROGRAM) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    match end_on_signal().and_then(|()| serve(settings)) {
        Ok(server) => {
            let _ = server.join(); // it ends with the process
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{PROGRAM}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn end_on_signal() -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    thread::spawn(move || {
        signals.forever().next();
        thread::sleep(DRAIN_TIME);
        exit(0)
    });
    Ok(())
}

fn serve(settings: Settings) -> io::Result<JoinHandle<()>> {
    let Settings { threads, max_n, .. } = settings;
    may::config().set_workers(threads).set_stack_size(STACK_WORDS);
    let wanted = SocketAddr::new(settings.host, settings.port);
    let explain = |error: io::Error| {
        io::Error::new(error.kind(), format!("cannot listen on {wanted}: {error} (choose another --host or --port)"))
    };
    // HttpServer shares a port that is in use, and does not tell which one it took: this asks before it.
    let address = TcpListener::bind(wanted).and_then(|listener| listener.local_addr()).map_err(explain)?;
    let server = HttpServer(Field { max_n }).start(address).map_err(explain)?;
    println!("{PROGRAM} listening on http://{address} threads={threads} max_n={max_n}");
    Ok(server)
}
