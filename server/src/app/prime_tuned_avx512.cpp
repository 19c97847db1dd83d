#include <immintrin.h>

#include <cstdint>

#include "prime_tuned_kernels.hpp"
#include "prime_tuned_search.hpp"

namespace primebench::avx512 {
namespace {

// NOLINTBEGIN(portability-simd-intrinsics): portable code is in prime_tuned_portable.cpp
struct Kernel {
  struct Words {
    using Vector = __m512i;
    using Mask = __mmask16;
    static constexpr std::uint32_t lanes = 16;

    static Vector all(std::uint32_t value) noexcept { return _mm512_set1_epi32(static_cast<int>(value)); }
    static Vector consecutive(std::uint32_t first) noexcept {
      return _mm512_add_epi32(all(first), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    }
    static Vector load(const std::uint32_t* aligned) noexcept { return _mm512_load_si512(aligned); }
    static Mask undivided(Vector candidates, Vector reciprocals) noexcept {
      return _mm512_cmpge_epu32_mask(_mm512_mullo_epi32(candidates, reciprocals), reciprocals);
    }
    static Mask both(Mask left, Mask right) noexcept { return static_cast<Mask>(left & right); }
    static bool every(Mask mask) noexcept { return mask == 0xffff; }
    static std::uint32_t bits(Mask mask) noexcept { return mask; }
  };

  struct Doubles {
    using Vector = __m512d;
    using Mask = __mmask8;
    static constexpr std::uint32_t lanes = 8;

    static Vector all(std::uint32_t value) noexcept { return _mm512_set1_pd(value); }
    static Vector consecutive(std::uint32_t first) noexcept {
      return _mm512_add_pd(all(first), _mm512_setr_pd(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static Vector reciprocal(Vector divisors) noexcept { return _mm512_div_pd(_mm512_set1_pd(1), divisors); }
    static Mask undivided(Vector candidate, Vector divisors, Vector reciprocals) noexcept {
      const Vector to_integer = _mm512_set1_pd(0x1p52);
      const Vector quotients = _mm512_sub_pd(_mm512_fmadd_pd(candidate, reciprocals, to_integer), to_integer);
      return _mm512_cmp_pd_mask(_mm512_mul_pd(quotients, divisors), candidate, _CMP_NEQ_OQ);
    }
    static Mask both(Mask left, Mask right) noexcept { return static_cast<Mask>(left & right); }
    static bool every(Mask mask) noexcept { return mask == 0xff; }
  };
};
// NOLINTEND(portability-simd-intrinsics)

}  // namespace

std::uint32_t nth_prime(std::uint32_t n) noexcept { return TunedSearch<Kernel>::nth_prime(n); }

bool is_prime(std::uint32_t candidate) noexcept { return TunedSearch<Kernel>::is_prime(candidate); }

}  // namespace primebench::avx512
