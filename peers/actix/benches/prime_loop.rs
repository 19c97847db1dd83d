//! The prime loop alone, each tier, for the n of the workloads. Every answer is checked before it is timed.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use primebench_actix::prime::Tier;

const NTH_PRIMES: [(u32, u64); 5] = [(1, 2), (10, 29), (100, 541), (1_000, 7_919), (10_000, 104_729)];

fn prime_loop(criterion: &mut Criterion) {
    for tier in [Tier::Reference, Tier::Published] {
        let mut group = criterion.benchmark_group(format!("prime_loop/{}", tier.name()));
        for (n, prime) in NTH_PRIMES {
            assert_eq!(tier.nth_prime(n), prime, "{} tier, n = {n}", tier.name());
            group.bench_with_input(BenchmarkId::from_parameter(n), &n, |bencher, &n| {
                bencher.iter(|| tier.nth_prime(black_box(n)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, prime_loop);
criterion_main!(benches);
