#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "app/prime_tuned_search.hpp"
#include "primebench/app/prime.hpp"

namespace primebench {
namespace {

std::uint64_t divisions = 0;  // NOLINT(*-non-const-global-variables): kernels are types without objects

/// Some lanes of an instruction set that nobody has: it divides one after the other, and counts.
template <typename Number, std::uint32_t lane_count>
struct CountingVectors {
  using Vector = std::array<Number, lane_count>;
  using Mask = std::array<bool, lane_count>;
  static constexpr std::uint32_t lanes = lane_count;

  static Vector all(std::uint32_t value) noexcept {
    Vector vector{};
    vector.fill(static_cast<Number>(value));
    return vector;
  }
  static Vector consecutive(std::uint32_t first) noexcept {
    Vector vector{};
    std::ranges::generate(vector, [&first] { return static_cast<Number>(first++); });
    return vector;
  }
  static Vector load(const Number* numbers) noexcept {
    Vector vector{};
    std::copy_n(numbers, lane_count, vector.begin());
    return vector;
  }
  static Vector reciprocal(const Vector& divisors) noexcept {
    Vector vector{};
    std::ranges::transform(divisors, vector.begin(), [](Number divisor) { return 1 / divisor; });
    return vector;
  }
  static Mask undivided(const Vector& candidates, const Vector& reciprocals) noexcept {
    divisions += lane_count;
    Mask mask{};
    std::ranges::transform(candidates, reciprocals, mask.begin(),
                           [](Number candidate, Number reciprocal) { return candidate * reciprocal >= reciprocal; });
    return mask;
  }
  static Mask undivided(const Vector& candidate, const Vector& divisors, const Vector& /*reciprocals*/) noexcept {
    divisions += lane_count;
    Mask mask{};
    std::ranges::transform(candidate, divisors, mask.begin(), [](Number dividend, Number divisor) {
      return static_cast<std::uint32_t>(dividend) % static_cast<std::uint32_t>(divisor) != 0;
    });
    return mask;
  }
  static Mask both(const Mask& left, const Mask& right) noexcept {
    Mask mask{};
    std::ranges::transform(left, right, mask.begin(), [](bool a, bool b) { return a && b; });
    return mask;
  }
  static bool every(const Mask& mask) noexcept {
    return std::ranges::all_of(mask, [](bool lane) { return lane; });
  }
  static std::uint32_t bits(const Mask& mask) noexcept {
    std::uint32_t bits = 0;
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
      bits |= static_cast<std::uint32_t>(mask.at(lane)) << lane;
    }
    return bits;
  }
};

/// Registers of `bytes`.
template <std::uint32_t bytes>
struct CountingKernel {
  using Words = CountingVectors<std::uint32_t, bytes / sizeof(std::uint32_t)>;
  using Doubles = CountingVectors<double, bytes / sizeof(double)>;
};

template <typename Kernel>
class EveryWidth : public testing::Test {};

/// NEON and SSE2, AVX2, AVX-512.
using Widths = testing::Types<CountingKernel<16>, CountingKernel<32>, CountingKernel<64>>;
TYPED_TEST_SUITE(EveryWidth, Widths);

TYPED_TEST(EveryWidth, DividesAsOften) {
  divisions = 0;
  EXPECT_EQ(TunedSearch<TypeParam>::nth_prime(10'000), 104'729U);
  // Those below 128 are divided one by one, as in the reference tier: 31 primes.
  EXPECT_EQ(divisions + nth_prime_counted(31).divisions, 4'174'608U);
}

TYPED_TEST(EveryWidth, DividesAsOftenByDoubles) {
  constexpr std::uint32_t largest_prime = 268'435'399;
  divisions = 0;
  EXPECT_TRUE(TunedSearch<TypeParam>::is_prime(largest_prime));
  const std::uint64_t of_this_width = divisions;
  divisions = 0;
  EXPECT_TRUE(TunedSearch<CountingKernel<16>>::is_prime(largest_prime));
  EXPECT_EQ(of_this_width, divisions);
}

}  // namespace
}  // namespace primebench
