//! The JSON codec alone: the body of a request decoded, the body of its answer encoded, as served.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use primebench_actix::calculate::{Answer, decode};
use primebench_actix::duration::GoDuration;

const MAX_N: u32 = 100_000;
const REQUEST: &[u8] = br#"{"n": 10000}"#;
const ANSWER: &str = r#"{"n":10000,"prime":104729,"duration":"4.812345ms"}"#;

fn json_codec(criterion: &mut Criterion) {
    let answer = Answer { n: 10_000, prime: 104_729, duration: GoDuration(Duration::from_nanos(4_812_345)) };
    assert_eq!(decode(REQUEST, MAX_N), Ok(10_000));
    assert_eq!(serde_json::to_string(&answer).expect("an answer serialises"), ANSWER);

    let mut group = criterion.benchmark_group("json_codec");
    group.bench_function("decode", |bencher| bencher.iter(|| decode(black_box(REQUEST), MAX_N)));
    group.bench_function("encode", |bencher| bencher.iter(|| serde_json::to_string(black_box(&answer))));
    group.finish();
}

criterion_group!(benches, json_codec);
criterion_main!(benches);
