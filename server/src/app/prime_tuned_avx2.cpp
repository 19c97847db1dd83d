#include <immintrin.h>

#include <cstdint>

#include "prime_tuned_kernels.hpp"
#include "prime_tuned_search.hpp"

namespace primebench::avx2 {
namespace {

// NOLINTBEGIN(portability-simd-intrinsics): portable code is in prime_tuned_portable.cpp
struct Kernel {
  struct Words {
    using Vector = __m256i;
    static constexpr std::uint32_t lanes = 8;

    static Vector all(std::uint32_t value) noexcept { return _mm256_set1_epi32(static_cast<int>(value)); }
    static Vector consecutive(std::uint32_t first) noexcept {
      return _mm256_add_epi32(all(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static Vector load(const std::uint32_t* aligned) noexcept {
      return _mm256_load_si256(reinterpret_cast<const Vector*>(aligned));  // NOLINT(*-reinterpret-cast): how it is called
    }
    /// There is no unsigned comparison, but product >= reciprocal says the same as max(product, reciprocal) = product.
    static Vector undivided(Vector candidates, Vector reciprocals) noexcept {
      const Vector products = _mm256_mullo_epi32(candidates, reciprocals);
      return _mm256_cmpeq_epi32(_mm256_max_epu32(products, reciprocals), products);
    }
    static Vector both(Vector left, Vector right) noexcept { return _mm256_and_si256(left, right); }
    static bool every(Vector mask) noexcept { return bits(mask) == 0xff; }
    static std::uint32_t bits(Vector mask) noexcept {
      return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(mask)));
    }
  };

  struct Doubles {
    using Vector = __m256d;
    static constexpr std::uint32_t lanes = 4;

    static Vector all(std::uint32_t value) noexcept { return _mm256_set1_pd(value); }
    static Vector consecutive(std::uint32_t first) noexcept { return _mm256_add_pd(all(first), _mm256_setr_pd(0, 1, 2, 3)); }
    static Vector reciprocal(Vector divisors) noexcept { return _mm256_div_pd(_mm256_set1_pd(1), divisors); }
    static Vector undivided(Vector candidate, Vector divisors, Vector reciprocals) noexcept {
      const Vector to_integer = _mm256_set1_pd(0x1p52);
      const Vector quotients = _mm256_sub_pd(_mm256_add_pd(_mm256_mul_pd(candidate, reciprocals), to_integer), to_integer);
      return _mm256_cmp_pd(_mm256_mul_pd(quotients, divisors), candidate, _CMP_NEQ_OQ);
    }
    static Vector both(Vector left, Vector right) noexcept { return _mm256_and_pd(left, right); }
    static bool every(Vector mask) noexcept { return _mm256_movemask_pd(mask) == 0xf; }
  };
};
// NOLINTEND(portability-simd-intrinsics)

}  // namespace

std::uint32_t nth_prime(std::uint32_t n) noexcept { return TunedSearch<Kernel>::nth_prime(n); }

bool is_prime(std::uint32_t candidate) noexcept { return TunedSearch<Kernel>::is_prime(candidate); }

}  // namespace primebench::avx2
