#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "primebench/app/prime.hpp"

namespace primebench {

/// The *tuned* tier of work for one instruction set: the divisors and candidates of `nth_prime`, several at a time. The
/// functions of one that is not supported must not be called.
struct TunedImplementation {
  std::string_view instruction_set;
  bool supported;  ///< by the processor and the operating system
  PrimeSearch nth_prime;

  /// What `nth_prime` asks of each candidate, so that large ones can be tested; for 2 <= candidate < `tuned_candidates_end`.
  bool (*is_prime)(std::uint32_t candidate) noexcept;
};

/// The tuned tier is exact below this; see prime_tuned_search.hpp.
inline constexpr std::uint32_t tuned_candidates_end = 0x1000'0000;  // 2^28

/// All that the program was built with, the fastest first; the last, "portable", is always supported.
[[nodiscard]] std::span<const TunedImplementation> tuned_implementations() noexcept;

/// The first of them that is supported.
[[nodiscard]] const TunedImplementation& fastest_tuned() noexcept;

}  // namespace primebench
