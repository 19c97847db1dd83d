//! The prime loop alone, each tier. Every answer is checked before it is timed.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use primebench_actix::prime::Tier;

mod cases;

/// What the suite calls a tier: "served" is what the service does unless it is asked for something else.
const TIERS: [(&str, Tier); 2] = [("served", Tier::Reference), ("published", Tier::Published)];

fn prime_loop(criterion: &mut Criterion) {
    let cases = cases::Cases::read();
    let mut group = criterion.benchmark_group("prime_loop");
    for (name, tier) in TIERS {
        for case in &cases.prime_loop {
            assert_eq!(tier.nth_prime(case.n), case.prime, "prime_loop/{name}, n = {}", case.n);
            group.bench_with_input(BenchmarkId::new(name, format!("n={}", case.n)), &case.n, |bencher, &n| {
                bencher.iter(|| tier.nth_prime(black_box(n)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, prime_loop);
criterion_main!(benches);
