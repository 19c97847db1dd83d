#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace primebench::load {

/// What is counted beside the rows.
struct Counts {
  /// Requests that were begun, by kind.
  std::vector<std::uint64_t> begun;
  /// Requests without a response, by what went wrong.
  std::map<std::string, std::uint64_t> errors;
  std::uint64_t connections = 0;

  void add(const Counts& other);
};

/// The report in JSON: counts, and the moments at which the program and its load began and ended, in ns of the monotonic clock.
std::string report(const Counts& counts, std::span<const std::string> kinds, bool ran_out, std::int64_t began_ns,
                   std::int64_t load_began_ns, std::int64_t ended_ns);

}  // namespace primebench::load
