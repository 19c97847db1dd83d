//! Reads the command line, serves until a signal asks to stop.

use std::process::ExitCode;

use actix_web::rt::System;
use primebench_actix::{server, settings};

fn main() -> ExitCode {
    let settings = match settings::from_arguments(std::env::args_os()) {
        Ok(settings) => settings,
        Err(ended) => return ended.report(),
    };
    match System::new().block_on(server::serve(settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", settings::PROGRAM);
            ExitCode::FAILURE
        }
    }
}
