#include "primebench/app/prime_tuned.hpp"

#include <algorithm>
#include <array>

#include "prime_tuned_kernels.hpp"

namespace primebench {

std::span<const TunedImplementation> tuned_implementations() noexcept {
#ifdef __x86_64__
  static const bool has_avx512f = __builtin_cpu_supports("avx512f");
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
#endif
  static const std::array implementations{
#ifdef __x86_64__
      TunedImplementation{
          .instruction_set = "avx512", .supported = has_avx512f, .nth_prime = avx512::nth_prime, .is_prime = avx512::is_prime},
      TunedImplementation{
          .instruction_set = "avx2", .supported = has_avx2, .nth_prime = avx2::nth_prime, .is_prime = avx2::is_prime},
#elif defined(__aarch64__)
      // Part of ARMv8-A, and so of every core, however the cores of a processor differ.
      TunedImplementation{
          .instruction_set = "neon", .supported = true, .nth_prime = neon::nth_prime, .is_prime = neon::is_prime},
#endif
      TunedImplementation{
          .instruction_set = "portable", .supported = true, .nth_prime = portable::nth_prime, .is_prime = portable::is_prime},
  };
  return implementations;
}

const TunedImplementation& fastest_tuned() noexcept {
  return *std::ranges::find_if(tuned_implementations(), &TunedImplementation::supported);
}

}  // namespace primebench
