//! The JSON codec alone: the body of a request decoded, the body of its answer encoded, as served (`serde_json`). Every answer is
//! checked before it is timed.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use primebench_actix::calculate::{Answer, decode};
use primebench_actix::duration::GoDuration;

mod cases;

const MAX_N: u32 = 100_000;

fn json_decode(criterion: &mut Criterion) {
    let cases = cases::Cases::read();
    let mut group = criterion.benchmark_group("json_decode");
    for case in &cases.json_decode {
        let body = case.body.as_bytes();
        assert_eq!(decode(body, MAX_N).ok(), case.n, "json_decode/served/{}", case.name);
        group.bench_function(BenchmarkId::new("served", &case.name), |bencher| {
            bencher.iter(|| decode(black_box(body), MAX_N));
        });
    }
    group.finish();
}

fn json_encode(criterion: &mut Criterion) {
    let cases = cases::Cases::read();
    let mut group = criterion.benchmark_group("json_encode");
    for case in &cases.json_encode {
        let answer =
            Answer { n: case.n, prime: case.prime, duration: GoDuration(Duration::from_nanos(case.elapsed_ns)) };
        assert_eq!(serde_json::to_string(&answer).expect("an answer serialises"), case.text, "json_encode/served");
        group.bench_function(BenchmarkId::new("served", &case.name), |bencher| {
            bencher.iter(|| serde_json::to_string(black_box(&answer)));
        });
    }
    group.finish();
}

criterion_group!(benches, json_decode, json_encode);
criterion_main!(benches);
