#pragma once

#include <cstdint>
#include <ctime>

namespace primebench::load {

/// The monotonic clock, in nanoseconds: the one that Python's time.monotonic() reads.
inline std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  constexpr std::int64_t ns_in_s = 1'000'000'000;
  return now.tv_sec * ns_in_s + now.tv_nsec;
}

}  // namespace primebench::load
