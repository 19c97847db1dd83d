//! The command line.

use std::ffi::OsString;
use std::net::IpAddr;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use clap::error::ErrorKind;

use crate::handler::Handler;
use crate::prime::Tier;

/// The name in messages and in the line that announces the service.
pub const PROGRAM: &str = "primebench-actix";

/// The most workers that actix-server starts; `HttpServer::workers` panics above (its `MAX_WORKERS`).
const THREADS_MAX: u16 = 512;

/// What the flags say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parser)]
#[command(name = PROGRAM, about = "The n-th prime over HTTP, written with Actix Web", long_about = None)]
pub struct Settings {
    /// IPv4 or IPv6 address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Port to listen on, 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,

    /// Threads that serve requests (Actix workers) [default: the processors that this process may use]
    // The last counts, so that a variant can set another number than the harness.
    #[arg(long, value_name = "N", default_value_t = default_threads(), hide_default_value = true)]
    #[arg(overrides_with = "threads")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=i64::from(THREADS_MAX)))]
    pub threads: u16,

    /// The largest n that is answered
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub max_n: u32,

    /// How the prime is found
    #[arg(long, value_enum, default_value_t = Tier::Reference)]
    pub tier: Tier,

    /// What handles POST /calculate
    #[arg(long, value_enum, default_value_t = Handler::Inline)]
    pub handler: Handler,
}

/// Why the command line gives no settings.
#[derive(Debug)]
pub struct Ended(clap::Error);

/// Reads the arguments, the program's own name first.
///
/// # Errors
/// A request for help, or anything that is not understood.
pub fn from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Settings, Ended> {
    Settings::try_parse_from(arguments).map_err(Ended)
}

impl Ended {
    /// Prints the help, or what is wrong in one line, and says how the process ends.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        if self.0.kind() == ErrorKind::DisplayHelp {
            print!("{}", self.0);
            ExitCode::SUCCESS
        } else {
            eprintln!("{}", self.line());
            ExitCode::from(2)
        }
    }

    /// The first line of what clap says, which names the flag and the value; the usage is left to `--help`.
    fn line(&self) -> String {
        let message = self.0.to_string();
        let reason = message.lines().next().unwrap_or_default();
        let reason = reason.strip_prefix("error: ").unwrap_or(reason);
        format!("{PROGRAM}: {reason} (see --help)")
    }
}

/// Counts the affinity mask and the cgroup's quota, not what the machine has; 1 where neither can be read.
fn default_threads() -> u16 {
    let processors = available_parallelism().map_or(1, usize::from);
    u16::try_from(processors).unwrap_or(THREADS_MAX).min(THREADS_MAX)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Settings, Ended> {
        from_arguments([PROGRAM].iter().chain(arguments).map(OsString::from))
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let expected = Settings {
            host: "127.0.0.1".parse().expect("an address"),
            port: 8080,
            threads: default_threads(),
            max_n: 100_000,
            tier: Tier::Reference,
            handler: Handler::Inline,
        };
        assert_eq!(parse(&[]).expect("no flag is needed"), expected);
    }

    #[test]
    fn every_flag_is_read() {
        let flags = "--host ::1 --port 0 --threads 512 --max-n 10000000 --tier published --handler web-block";
        let settings = parse(&flags.split(' ').collect::<Vec<_>>()).expect("all valid");
        assert_eq!(settings.host, "::1".parse::<IpAddr>().expect("an address"));
        assert_eq!((settings.port, settings.threads, settings.max_n), (0, 512, 10_000_000));
        assert_eq!((settings.tier, settings.handler), (Tier::Published, Handler::WebBlock));
    }

    #[test]
    fn tiers_are_named_as_the_flag_takes_them() {
        for tier in [Tier::Reference, Tier::Published] {
            assert_eq!(parse(&["--tier", tier.name()]).expect("a tier").tier, tier);
        }
    }

    #[test]
    fn handlers_are_named_as_the_flag_takes_them() {
        for handler in Handler::value_variants() {
            assert_eq!(parse(&["--handler", handler.name()]).expect("a handler").handler, *handler);
        }
    }

    #[test]
    fn of_several_numbers_of_threads_the_last_counts() {
        assert_eq!(parse(&["--threads", "2", "--threads", "8"]).expect("valid").threads, 8);
    }

    #[test]
    fn what_is_wrong_is_one_line() {
        for flags in [
            &["--bogus"][..],
            &["positional"],
            &["--port"],
            &["--port", "65536"],
            &["--port", "-1"],
            &["--port", "http"],
            &["--port", "1", "--port", "2"],
            &["--threads", "0"],
            &["--threads", "513"],
            &["--max-n", "0"],
            &["--max-n", "10000001"],
            &["--host", "localhost"],
            &["--host", ""],
            &["--tier", "fast"],
            &["--handler", "fast"],
            &["--bogus\nsecond line"],
        ] {
            let ended = parse(flags).expect_err("refused");
            assert_ne!(ended.0.kind(), ErrorKind::DisplayHelp, "{flags:?}");
            let line = ended.line();
            assert_eq!(line.lines().count(), 1, "{line}");
            assert!(line.starts_with("primebench-actix: "), "{line}");
        }
    }

    #[test]
    fn help_is_not_an_error() {
        assert_eq!(parse(&["--help"]).expect_err("help").0.kind(), ErrorKind::DisplayHelp);
    }
}
