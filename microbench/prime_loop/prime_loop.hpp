#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark.hpp"
#include "cases.hpp"

namespace primebench::microbench {

/// What a contender tells of its divisions while it is timed: nothing.
struct Uncounted {
  constexpr void division() noexcept {}
};

/// What it tells while they are counted.
struct DivisionCount {
  std::uint64_t divisions = 0;

  constexpr void division() noexcept { ++divisions; }
};

/// Candidates from 2 up, one after another, until the n-th that `is_prime` takes for one.
template <typename Number, typename IsPrime>
[[nodiscard]] Number nth_prime_by(std::uint32_t n, IsPrime is_prime) {
  Number candidate = 1;
  for (std::uint32_t found = 0; found < n;) {
    ++candidate;
    if (is_prime(candidate)) {
      ++found;
    }
  }
  return candidate;
}

/// The n-th prime by `Loop`, as timed.
template <typename Loop>
struct PrimeSearchOf {
  std::uint32_t n;

  std::uint32_t operator()() const {
    // Read anew each time, so that no result can be kept. DoNotOptimize(n) would say so too, but with it some contenders get
    // another n when GCC 12 compiles for AddressSanitizer.
    const volatile std::uint32_t argument = n;
    Uncounted count;
    return Loop::nth_prime(argument, count);
  }
};

/// What is wrong with `nth_prime` at n, and at every n below up to some hundred.
[[nodiscard]] std::string fault_of_prime_search(std::uint32_t n, const std::function<std::uint32_t(std::uint32_t)>& nth_prime);

/// A benchmark a case for `Loop`, which has `template <typename Count> static std::uint32_t nth_prime(std::uint32_t n, Count&
/// count)` and tells `count` of every division.
template <typename Loop>
bool register_prime_loop(std::string_view contender) {
  return register_benchmark([contender] {
    std::vector<Benchmark> benchmarks;
    for (const PrimeLoopCase& one : cases().prime_loop) {
      const Fault fault = [n = one.n, prime = one.prime] {
        DivisionCount count;
        return Loop::nth_prime(n, count) == prime
                   ? fault_of_prime_search(n, [](std::uint32_t asked) { return PrimeSearchOf<Loop>{asked}(); })
                   : "its counting twin finds another prime";
      };
      const auto counters = [n = one.n] {
        DivisionCount count;
        static_cast<void>(Loop::nth_prime(n, count));
        return Counters{{"divisions", static_cast<double>(count.divisions)}};
      };
      benchmarks.push_back(
          make_benchmark(std::string{"prime_loop/"}.append(contender).append("/n=").append(std::to_string(one.n)), fault,
                         counters, PrimeSearchOf<Loop>{one.n}));
    }
    return benchmarks;
  });
}

}  // namespace primebench::microbench
