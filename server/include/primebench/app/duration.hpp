#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace primebench {

/// Room for any `write_duration`: 10 digits of seconds, point, 9 digits, unit.
inline constexpr std::size_t duration_chars_max = 24;

/// Writes `elapsed` as Go prints a `time.Duration` below a minute: `0s`, `417ns`, `1.5µs`, `4.812345ms`, `1.204s`.
/// Longer ones stay in seconds (`75.5s`): the contract has no minutes. `elapsed` must not be negative.
/// Returns the number of chars written.
[[nodiscard]] std::size_t write_duration(std::span<char, duration_chars_max> out, std::chrono::nanoseconds elapsed) noexcept;

}  // namespace primebench
