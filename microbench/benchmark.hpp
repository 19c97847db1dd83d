#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace primebench::microbench {

/// Returns what is wrong with a contender's result, or nothing.
using Fault = std::function<std::string()>;

/// What a benchmark reports beside its time.
using Counters = std::map<std::string, double>;

/// One operation of one contender on one case: verified, then either timed by Google Benchmark or repeated so often (for
/// callgrind, which counts its instructions).
struct Benchmark {
  std::string name;  ///< scenario/contender/case
  Fault fault;
  std::function<void(std::uint64_t times)> repeat;
  std::function<void(benchmark::State& state, const Counters& more)> time;
  std::function<Counters()> counters;  ///< beside allocations
};

/// Makes a benchmark of `operation`: a callable without arguments that returns its result, so that it has to be made.
template <typename Operation>
[[nodiscard]] Benchmark make_benchmark(const std::string& name, const Fault& fault, const std::function<Counters()>& counters,
                                       const Operation& operation) {
  return {.name = name,
          .fault = fault,
          .repeat =
              [operation](std::uint64_t times) mutable {
                for (std::uint64_t i = 0; i < times; ++i) {
                  benchmark::DoNotOptimize(operation());
                }
              },
          .time =
              [operation](benchmark::State& state, const Counters& more) mutable {
                for (auto _ : state) {
                  benchmark::DoNotOptimize(operation());
                }
                for (const auto& [counter, value] : more) {
                  state.counters[counter] = value;
                }
              },
          .counters = counters};
}

/// For a benchmark whose only counter is how much it reads or writes.
[[nodiscard]] std::function<Counters()> counting_bytes(std::size_t bytes);

/// A contender's file registers what it has before main: benchmarks are made later, when the cases can be read.
bool register_benchmark(std::function<std::vector<Benchmark>()> make);

/// The benchmarks of every file, in the order of their names.
[[nodiscard]] std::vector<Benchmark> all_benchmarks();

/// What is wrong with them, a line each that begins with the benchmark's name.
[[nodiscard]] std::vector<std::string> faults_of(std::span<const Benchmark> benchmarks);

}  // namespace primebench::microbench
