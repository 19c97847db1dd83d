#include "benchmark.hpp"

#include <algorithm>
#include <iterator>

namespace primebench::microbench {
namespace {

/// Made on first use: files contribute in an order that nothing fixes.
std::vector<std::function<std::vector<Contest>()>>& contributions() {
  static std::vector<std::function<std::vector<Contest>()>> all;
  return all;
}

}  // namespace

std::function<Counters()> counting_bytes(std::size_t bytes) {
  return [bytes] { return Counters{{"bytes", static_cast<double>(bytes)}}; };
}

bool contribute(std::function<std::vector<Contest>()> make) {
  contributions().push_back(std::move(make));
  return true;
}

std::vector<Contest> all_contests() {
  std::vector<Contest> all;
  for (const auto& make : contributions()) {
    std::ranges::move(make(), std::back_inserter(all));
  }
  std::ranges::sort(all, {}, &Contest::name);
  return all;
}

std::vector<std::string> faults_of(std::span<const Contest> contests) {
  std::vector<std::string> faults;
  for (const Contest& one : contests) {
    if (const std::string fault = one.fault(); !fault.empty()) {
      faults.push_back(one.name + ": " + fault);
    }
  }
  return faults;
}

}  // namespace primebench::microbench
