#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace primebench {

/// The tuned tier for one instruction set. The functions of one that is not supported must not be called.
struct TunedImplementation {
  std::string_view instruction_set;
  bool supported;  ///< by the processor and the operating system
  std::uint32_t (*nth_prime)(std::uint32_t n) noexcept;

  /// What `nth_prime` asks of each candidate, so that large ones can be tested; for 2 <= candidate < `tuned_candidates_end`.
  bool (*is_prime)(std::uint32_t candidate) noexcept;
};

/// The tuned tier is exact below this; see prime_tuned_search.hpp.
inline constexpr std::uint32_t tuned_candidates_end = 0x1000'0000;  // 2^28

/// All that the program was built with, the fastest first; the last, "portable", is always supported.
[[nodiscard]] std::span<const TunedImplementation> tuned_implementations() noexcept;

}  // namespace primebench
