#include "primebench/prime_tuned.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "prime_tuned_kernels.hpp"
#include "primebench/prime.hpp"

namespace primebench {
namespace {

const TunedImplementation& fastest_supported() noexcept {
  static const TunedImplementation& fastest = *std::ranges::find_if(tuned_implementations(), &TunedImplementation::supported);
  return fastest;
}

}  // namespace

std::span<const TunedImplementation> tuned_implementations() noexcept {
#ifdef PRIMEBENCH_X86_64
  static const bool has_avx512f = __builtin_cpu_supports("avx512f");
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
#endif
  static const std::array implementations{
#ifdef PRIMEBENCH_X86_64
      TunedImplementation{
          .instruction_set = "avx512", .supported = has_avx512f, .nth_prime = avx512::nth_prime, .is_prime = avx512::is_prime},
      TunedImplementation{
          .instruction_set = "avx2", .supported = has_avx2, .nth_prime = avx2::nth_prime, .is_prime = avx2::is_prime},
#endif
      TunedImplementation{
          .instruction_set = "portable", .supported = true, .nth_prime = portable::nth_prime, .is_prime = portable::is_prime},
  };
  return implementations;
}

std::uint32_t nth_prime_tuned(std::uint32_t n) noexcept {
  assert(n >= 1 && n <= max_n_ceiling);
  return fastest_supported().nth_prime(n);
}

std::string_view tuned_instruction_set() noexcept { return fastest_supported().instruction_set; }

}  // namespace primebench
