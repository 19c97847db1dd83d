#!/bin/sh
# The peer's own tests; $1 takes what is built.
set -eu
cd "$(dirname "$0")"
export CARGO_TARGET_DIR="$1"
cargo fmt --check
cargo clippy --quiet --locked --all-targets -- -D warnings
cargo test --quiet --locked
cd ../rust-work # what the Rust peers share
cargo fmt --check
cargo clippy --quiet --locked --all-targets -- -D warnings
cargo test --quiet --locked
