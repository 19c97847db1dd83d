#include <arm_neon.h>

#include <cstdint>

#include "prime_tuned_kernels.hpp"
#include "prime_tuned_search.hpp"

namespace primebench::neon {
namespace {

// NOLINTBEGIN(portability-simd-intrinsics): portable code is in prime_tuned_portable.cpp
struct Kernel {
  struct Words {
    using Vector = uint32x4_t;
    static constexpr std::uint32_t lanes = 4;

    static Vector all(std::uint32_t value) noexcept { return vdupq_n_u32(value); }
    static Vector consecutive(std::uint32_t first) noexcept { return vaddq_u32(all(first), Vector{0, 1, 2, 3}); }
    static Vector load(const std::uint32_t* aligned) noexcept { return vld1q_u32(aligned); }
    static Vector undivided(Vector candidates, Vector reciprocals) noexcept {
      return vcgeq_u32(vmulq_u32(candidates, reciprocals), reciprocals);
    }
    static Vector both(Vector left, Vector right) noexcept { return vandq_u32(left, right); }
    /// A lane of a mask is 0 or has all bits set.
    static bool every(Vector mask) noexcept { return vminvq_u32(mask) != 0; }
    static std::uint32_t bits(Vector mask) noexcept { return vaddvq_u32(vandq_u32(mask, Vector{1, 2, 4, 8})); }
  };

  struct Doubles {
    using Vector = float64x2_t;
    static constexpr std::uint32_t lanes = 2;

    static Vector all(std::uint32_t value) noexcept { return vdupq_n_f64(value); }
    static Vector consecutive(std::uint32_t first) noexcept { return vaddq_f64(all(first), Vector{0, 1}); }
    static Vector reciprocal(Vector divisors) noexcept { return vdivq_f64(vdupq_n_f64(1), divisors); }
    static uint32x4_t undivided(Vector candidate, Vector divisors, Vector reciprocals) noexcept {
      const Vector to_integer = vdupq_n_f64(0x1p52);
      const Vector quotients = vsubq_f64(vfmaq_f64(to_integer, candidate, reciprocals), to_integer);
      return vmvnq_u32(vreinterpretq_u32_u64(vceqq_f64(vmulq_f64(quotients, divisors), candidate)));
    }
    static uint32x4_t both(uint32x4_t left, uint32x4_t right) noexcept { return vandq_u32(left, right); }
    static bool every(uint32x4_t mask) noexcept { return vminvq_u32(mask) != 0; }
  };
};
// NOLINTEND(portability-simd-intrinsics)

}  // namespace

std::uint32_t nth_prime(std::uint32_t n) noexcept { return TunedSearch<Kernel>::nth_prime(n); }

bool is_prime(std::uint32_t candidate) noexcept { return TunedSearch<Kernel>::is_prime(candidate); }

}  // namespace primebench::neon
