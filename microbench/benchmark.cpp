#include "benchmark.hpp"

#include <algorithm>
#include <iterator>

namespace primebench::microbench {
namespace {

/// Made on first use: files register in an order that nothing fixes.
std::vector<std::function<std::vector<Benchmark>()>>& registrations() {
  static std::vector<std::function<std::vector<Benchmark>()>> all;
  return all;
}

}  // namespace

std::function<Counters()> counting_bytes(std::size_t bytes) {
  return [bytes] { return Counters{{"bytes", static_cast<double>(bytes)}}; };
}

bool register_benchmark(std::function<std::vector<Benchmark>()> make) {
  registrations().push_back(std::move(make));
  return true;
}

std::vector<Benchmark> all_benchmarks() {
  std::vector<Benchmark> all;
  for (const auto& make : registrations()) {
    std::ranges::move(make(), std::back_inserter(all));
  }
  std::ranges::sort(all, {}, &Benchmark::name);
  return all;
}

std::vector<std::string> faults_of(std::span<const Benchmark> benchmarks) {
  std::vector<std::string> faults;
  for (const Benchmark& one : benchmarks) {
    if (const std::string fault = one.fault(); !fault.empty()) {
      faults.push_back(one.name + ": " + fault);
    }
  }
  return faults;
}

}  // namespace primebench::microbench
