//! Reads the command line, serves until a signal asks to stop.

use std::process::ExitCode;

use primebench_axum::{PROGRAM, server};
use primebench_work::settings;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let settings = match settings::from_command_line(PROGRAM) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let runtime = Builder::new_multi_thread().worker_threads(settings.threads).enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(server::serve(settings))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{PROGRAM}: {error}");
            ExitCode::FAILURE
        }
    }
}
