//! Reads the command line, serves until a signal asks to stop.

use std::process::ExitCode;

use ntex::rt::{DefaultRuntime, System};
use primebench_ntex::{PROGRAM, server};
use primebench_work::settings;

fn main() -> ExitCode {
    let settings = match settings::from_command_line(PROGRAM) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    match System::new(PROGRAM, DefaultRuntime).block_on(server::serve(settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{PROGRAM}: {error}");
            ExitCode::FAILURE
        }
    }
}
