//! The command line.

use std::ffi::OsString;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::thread::available_parallelism;

/// What the flags say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on, 0 for a free one.
    pub port: u16,
    /// Threads that serve requests.
    pub threads: usize,
    /// The largest n that is answered.
    pub max_n: u32,
}

/// Why the command line gives no settings.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// Help was asked for.
    Help,
    /// A flag that is not understood, in one line.
    Refused(String),
}

/// Reads this process's arguments, those behind the program's name. A flag that is given twice counts the last time.
///
/// # Errors
/// How the process is to end, having said why.
pub fn from_command_line(program: &str) -> Result<Settings, ExitCode> {
    parse(std::env::args_os().skip(1)).map_err(|ended| match ended {
        Ended::Help => {
            println!("usage: {program} [--host ADDRESS] [--port PORT] [--threads N] [--max-n N]");
            ExitCode::SUCCESS
        }
        Ended::Refused(reason) => {
            eprintln!("{program}: {reason} (see --help)");
            ExitCode::from(2)
        }
    })
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Settings, Ended> {
    let mut settings = Settings {
        host: IpAddr::from([127, 0, 0, 1]),
        port: 8080,
        threads: available_parallelism().map_or(1, usize::from).min(1_024),
        max_n: 100_000,
    };
    let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    while let Some(flag) = arguments.next() {
        if flag == "--help" {
            return Err(Ended::Help);
        }
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (flag, None),
        };
        let mut value = || value.clone().or_else(|| arguments.next()).unwrap_or_default();
        match name.as_str() {
            "--host" => {
                let text = value();
                settings.host = text.parse().map_err(|_| refused(&name, &text, "an IP address"))?;
            }
            "--port" => settings.port = number(&name, &value(), 0..=65_535)?,
            "--threads" => settings.threads = number(&name, &value(), 1..=1_024)?,
            "--max-n" => settings.max_n = number(&name, &value(), 1..=10_000_000)?,
            _ => return Err(Ended::Refused(format!("{name:?} is not one of --host, --port, --threads, --max-n"))),
        }
    }
    Ok(settings)
}

fn number<T: TryFrom<u32>>(flag: &str, text: &str, range: RangeInclusive<u32>) -> Result<T, Ended> {
    let in_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().ok().filter(|value| in_digits && range.contains(value));
    let expected = || refused(flag, text, &format!("a number from {} to {}", range.start(), range.end()));
    value.and_then(|value| T::try_from(value).ok()).ok_or_else(expected)
}

fn refused(flag: &str, text: &str, expected: &str) -> Ended {
    Ended::Refused(format!("{flag}: expected {expected}, not {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(flags: &str) -> Result<Settings, Ended> {
        parse(flags.split_whitespace().map(OsString::from))
    }

    #[test]
    fn every_flag_is_read_and_the_last_counts() {
        let settings = parsed("--threads 2 --host ::1 --port 0 --threads=1024 --max-n 10000000").expect("valid");
        assert_eq!((settings.host.to_string().as_str(), settings.port), ("::1", 0));
        assert_eq!((settings.threads, settings.max_n), (1_024, 10_000_000));
    }

    #[test]
    fn what_is_wrong_is_one_line() {
        for flags in [
            "--bogus",
            "positional",
            "--port",
            "--port 65536",
            "--port -1",
            "--port +1",
            "--threads 0",
            "--threads 1025",
            "--max-n 0",
            "--max-n 10000001",
            "--host localhost",
        ] {
            let Err(Ended::Refused(line)) = parsed(flags) else { panic!("{flags}: taken") };
            assert_eq!(line.lines().count(), 1, "{line}");
        }
        let two_lines = parse(["--bogus\nsecond".into()]).expect_err("refused");
        assert!(matches!(two_lines, Ended::Refused(line) if line.lines().count() == 1));
    }

    #[test]
    fn help_is_not_an_error() {
        assert_eq!(parsed("--port 1 --help"), Err(Ended::Help));
    }
}
