// The loop that /calculate runs, as the server links it.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "primebench/prime.hpp"
#include "verification.hpp"

namespace primebench::microbench {
namespace {

constexpr std::uint32_t largest_n = 10'000;
constexpr std::uint32_t its_prime = 104'729;

/// The primes up to `its_prime` by the sieve of Eratosthenes: another algorithm, so another chance to be wrong.
std::vector<std::uint32_t> sieved_primes() {
  std::vector<bool> composite(its_prime + 1);
  std::vector<std::uint32_t> primes;
  for (std::uint32_t candidate = 2; candidate <= its_prime; ++candidate) {
    if (composite[candidate]) {
      continue;
    }
    primes.push_back(candidate);
    for (std::uint64_t multiple = std::uint64_t{candidate} * candidate; multiple <= its_prime; multiple += candidate) {
      composite[multiple] = true;
    }
  }
  return primes;
}

std::string fault_of_nth_prime() {
  const std::vector<std::uint32_t> primes = sieved_primes();
  if (primes.size() != largest_n || primes.back() != its_prime) {
    return "the sieve itself is wrong";
  }
  for (const std::uint32_t n : {1U, 2U, 3U, 10U, 100U, 1'000U, largest_n}) {
    if (nth_prime(n) != primes[n - 1]) {
      return "prime " + std::to_string(n) + " should be " + std::to_string(primes[n - 1]);
    }
  }
  return {};
}

[[maybe_unused]] const bool verified = must_hold("prime_loop/served", fault_of_nth_prime);

void prime_loop_served(benchmark::State& state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  const auto divisions = static_cast<double>(nth_prime_counted(n).divisions);
  // Read anew each time, so that no result can be kept. DoNotOptimize(argument) would say so too, but with it nth_prime gets
  // another n when GCC 12 compiles for AddressSanitizer.
  const volatile std::uint32_t argument = n;
  for (auto _ : state) {
    benchmark::DoNotOptimize(nth_prime(argument));
  }
  if (divisions > 0) {  // n = 1 needs none, and no spread can be given of nothing
    state.counters["divisions"] = divisions;
    using benchmark::Counter;
    state.counters["s_per_division"] = Counter{divisions, Counter::kIsIterationInvariantRate | Counter::kInvert};
  }
}

BENCHMARK(prime_loop_served)->Name("prime_loop/served")->ArgName("n")->RangeMultiplier(10)->Range(1, largest_n);

}  // namespace
}  // namespace primebench::microbench
