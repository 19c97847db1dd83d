#pragma once

#include <cerrno>
#include <cstdint>
#include <ctime>

namespace primebench::load {

constexpr std::int64_t ns_in_s = 1'000'000'000;

/// The monotonic clock, in nanoseconds: the one that Python's time.monotonic() reads.
inline std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * ns_in_s + now.tv_nsec;
}

/// Sleep until then; return that time, or the present if it was over before.
inline std::int64_t sleep_until(std::int64_t then_ns) {
  if (const std::int64_t now = now_ns(); now >= then_ns) {
    return now;
  }
  const timespec then{.tv_sec = then_ns / ns_in_s, .tv_nsec = then_ns % ns_in_s};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, nullptr) == EINTR) {
  }
  return then_ns;
}

}  // namespace primebench::load
