// The tuned tier, once for each instruction set that this processor has: the divisions of the reference tier, many at a time.
// Its blocks are whole, so some lanes divide what the reference tier does not; the counter has the divisions that count.

#include <cstdint>
#include <string>

#include "prime_loop/prime_loop.hpp"
#include "primebench/app/prime_tuned.hpp"

namespace primebench::microbench {
namespace {

struct TunedSearch {
  PrimeSearch search;
  std::uint32_t n;

  std::uint32_t operator()() const {
    const volatile std::uint32_t argument = n;
    return search(argument);
  }
};

std::vector<Benchmark> tuned_benchmarks() {
  std::vector<Benchmark> benchmarks;
  for (const TunedImplementation& one : tuned_implementations()) {
    if (!one.supported) {
      continue;
    }
    const std::string name = std::string{"prime_loop/tuned_"}.append(one.instruction_set).append("/n=");
    for (const PrimeLoopCase& asked : cases().prime_loop) {
      const Fault fault = [search = one.nth_prime, n = asked.n] { return fault_of_prime_search(n, search); };
      const auto counters = [divisions = asked.divisions] { return Counters{{"divisions", static_cast<double>(divisions)}}; };
      benchmarks.push_back(
          make_benchmark(name + std::to_string(asked.n), fault, counters, TunedSearch{.search = one.nth_prime, .n = asked.n}));
    }
  }
  return benchmarks;
}

[[maybe_unused]] const bool registered = register_benchmark(tuned_benchmarks);

}  // namespace
}  // namespace primebench::microbench
