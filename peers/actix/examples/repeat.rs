//! One operation, so many times, and nothing else: the instructions of twice as many, less those of as many, are its own.
//!
//! `repeat prime_loop/served/n=1000 20`

use std::hint::black_box;
use std::process::ExitCode;

use primebench_actix::prime::Tier;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((tier, n, times)) = parse(&arguments) else {
        eprintln!("repeat: expected prime_loop/served/n=N or prime_loop/published/n=N, and how often");
        return ExitCode::from(2);
    };
    for _ in 0..times {
        black_box(tier.nth_prime(black_box(n)));
    }
    ExitCode::SUCCESS
}

fn parse(arguments: &[String]) -> Option<(Tier, u32, u64)> {
    let [name, times] = arguments else { return None };
    let (tier, n) = name.strip_prefix("prime_loop/")?.split_once("/n=")?;
    let tier = match tier {
        "served" => Tier::Reference,
        "published" => Tier::Published,
        _ => return None,
    };
    Some((tier, n.parse().ok()?, times.parse().ok()?))
}
