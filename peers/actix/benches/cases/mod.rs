//! What is asked and what must be answered: `microbench/cases.json`, which the benchmarks of every language read.
#![allow(dead_code, reason = "each program uses a part")]

use std::path::PathBuf;

use serde::Deserialize;

/// One n of the prime loop.
#[derive(Deserialize)]
pub struct PrimeLoopCase {
    pub n: u32,
    pub prime: u64,
}

/// One body; without an `n` it is to be refused.
#[derive(Deserialize)]
pub struct JsonDecodeCase {
    pub name: String,
    pub body: String,
    pub n: Option<u32>,
}

/// One answer and its text.
#[derive(Deserialize)]
pub struct JsonEncodeCase {
    pub name: String,
    pub n: u32,
    pub prime: u64,
    pub elapsed_ns: u64,
    pub text: String,
}

/// The file.
#[derive(Deserialize)]
pub struct Cases {
    pub prime_loop: Vec<PrimeLoopCase>,
    pub json_decode: Vec<JsonDecodeCase>,
    pub json_encode: Vec<JsonEncodeCase>,
}

impl Cases {
    /// Reads the file that `PRIMEBENCH_CASES` names, or else that of the checkout; a benchmark without it cannot go on.
    pub fn read() -> Self {
        let path = std::env::var_os("PRIMEBENCH_CASES").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../microbench/cases.json"),
            PathBuf::from,
        );
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}
