#include <benchmark/benchmark.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "allocation_count.hpp"
#include "benchmark.hpp"

namespace primebench::microbench {
namespace {

constexpr int exit_bad_usage = 2;

/// Allocations of one operation that is not the first.
Counters allocations_of(const Benchmark& one) {
  one.repeat(1);
  const AllocationCount before = allocation_count();
  one.repeat(1);
  const AllocationCount after = allocation_count();
  return {{"allocations", static_cast<double>(after.made - before.made)},
          {"allocated_bytes", static_cast<double>(after.bytes - before.bytes)}};
}

/// Verifies every contender, then times them. A wrong result is not worth timing: it ends the program.
int time_all(std::span<const Benchmark> benchmarks) {
  const auto faults = faults_of(benchmarks);
  for (const std::string& fault : faults) {
    std::cerr << "primebench-microbench: " << fault << '\n';
  }
  if (!faults.empty()) {
    return EXIT_FAILURE;
  }
  for (const Benchmark& one : benchmarks) {
    Counters counters = one.counters();
    counters.merge(allocations_of(one));
    benchmark::RegisterBenchmark(one.name.c_str(), [&one, counters](benchmark::State& state) { one.time(state, counters); });
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return exit_bad_usage;
  }
  return time_all(all_benchmarks());
}

}  // namespace
}  // namespace primebench::microbench

int main(int argc, char* argv[]) {
  try {
    return primebench::microbench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "primebench-microbench: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
