#include "primebench/app/prime_tuned.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "primebench/app/prime.hpp"

namespace primebench {
namespace {

constexpr std::uint32_t two_to_21 = 0x20'0000;
constexpr std::uint32_t two_to_24 = 0x100'0000;
constexpr std::uint32_t two_to_27 = 0x800'0000;

/// Trial division that shares nothing with what is tested.
bool has_no_divisor(std::uint32_t candidate) {
  for (std::uint64_t divisor = 2; divisor * divisor <= candidate; ++divisor) {
    if (candidate % divisor == 0) {
      return false;
    }
  }
  return true;
}

std::uint32_t prime_at_or_below(std::uint32_t candidate) {
  while (!has_no_divisor(candidate)) {
    --candidate;
  }
  return candidate;
}

class EveryInstructionSet : public testing::TestWithParam<TunedImplementation> {
protected:
  void SetUp() override {
    if (!GetParam().supported) {
      GTEST_SKIP() << "this processor has no " << GetParam().instruction_set;
    }
  }

  static void expect_right(std::uint32_t candidate) {
    EXPECT_EQ(GetParam().is_prime(candidate), has_no_divisor(candidate)) << candidate;
  }

  static void expect_right_around(std::uint32_t middle, std::uint32_t distance) {
    for (std::uint32_t candidate = middle - distance; candidate < middle + distance; ++candidate) {
      expect_right(candidate);
    }
  }
};

TEST_P(EveryInstructionSet, FindsTheFirst2000Primes) {
  for (std::uint32_t n = 1; n <= 2'000; ++n) {
    ASSERT_EQ(GetParam().nth_prime(n), nth_prime(n)) << n;
  }
}

TEST_P(EveryInstructionSet, FindsTheKnownPrimes) {
  EXPECT_EQ(GetParam().nth_prime(10'000), 104'729U);  // OEIS A006988
  EXPECT_EQ(GetParam().nth_prime(100'000), 1'299'709U);
}

TEST_P(EveryInstructionSet, CountsOnAcrossTheSwitchToDoubles) {
  // There are 155,611 primes below 2^21 (OEIS A007053).
  EXPECT_EQ(GetParam().nth_prime(155'611), prime_at_or_below(two_to_21 - 1));
  std::uint32_t next = two_to_21;
  while (!has_no_divisor(next)) {
    ++next;
  }
  EXPECT_EQ(GetParam().nth_prime(155'612), next);
}

TEST_P(EveryInstructionSet, JudgesEverySmallCandidate) {
  for (std::uint32_t candidate = 2; candidate < 20'000; ++candidate) {
    ASSERT_EQ(GetParam().is_prime(candidate), has_no_divisor(candidate)) << candidate;
  }
}

/// 2^21 is where words give way to doubles; 2^24 is where a binary32 no longer holds every integer; 179,424,673 is the
/// 10,000,000th prime.
TEST_P(EveryInstructionSet, JudgesCandidatesAroundTheLimitsOfTheirFormats) {
  expect_right_around(two_to_21, 1'000);
  expect_right_around(two_to_24, 1'000);
  expect_right_around(two_to_27, 200);
  expect_right_around(179'424'673, 200);
  expect_right_around(tuned_candidates_end - 200, 200);
}

/// The largest divisor that must be tried, and the only one that divides.
TEST_P(EveryInstructionSet, FindsTheRootOfEverySquareOfAPrime) {
  for (std::uint32_t root = 2; root * root < tuned_candidates_end; ++root) {
    if (has_no_divisor(root)) {
      EXPECT_FALSE(GetParam().is_prime(root * root)) << root;
    }
  }
}

/// Each prime divisor in its lane of its block: no smaller one divides the product of two primes of which it is the smaller.
TEST_P(EveryInstructionSet, FindsTheSmallerOfTwoPrimeDivisors) {
  const std::uint32_t largest = tuned_candidates_end - 1;
  for (std::uint32_t smaller = 2; smaller * smaller < largest; ++smaller) {
    if (has_no_divisor(smaller)) {
      for (const std::uint32_t below : {two_to_21, two_to_24, tuned_candidates_end}) {
        if (smaller * smaller < below) {
          const std::uint32_t product = smaller * prime_at_or_below((below - 1) / smaller);
          EXPECT_FALSE(GetParam().is_prime(product)) << product;
        }
      }
    }
  }
}

std::string name_of(const testing::TestParamInfo<TunedImplementation>& info) { return std::string{info.param.instruction_set}; }

INSTANTIATE_TEST_SUITE_P(Tuned, EveryInstructionSet, testing::ValuesIn(tuned_implementations()), name_of);

TEST(Tuned, UsesTheFirstSupportedInstructionSet) {
  const auto implementations = tuned_implementations();
  const auto fastest = std::ranges::find_if(implementations, &TunedImplementation::supported);
  ASSERT_NE(fastest, implementations.end());
  EXPECT_EQ(fastest_tuned().instruction_set, fastest->instruction_set);
}

TEST(Tuned, HasTheInstructionSetsOfItsArchitecture) {
  std::vector<std::string_view> names;
  std::ranges::transform(tuned_implementations(), std::back_inserter(names), &TunedImplementation::instruction_set);
#ifdef __x86_64__
  EXPECT_EQ(names, (std::vector<std::string_view>{"avx512", "avx2", "portable"}));
#elif defined(__aarch64__)
  EXPECT_EQ(names, (std::vector<std::string_view>{"neon", "portable"}));
  EXPECT_EQ(fastest_tuned().instruction_set, "neon");
#else
  EXPECT_EQ(names, (std::vector<std::string_view>{"portable"}));
#endif
}

TEST(Tuned, RunsOnEveryProcessor) {
  ASSERT_FALSE(tuned_implementations().empty());
  EXPECT_EQ(tuned_implementations().back().instruction_set, "portable");
  EXPECT_TRUE(tuned_implementations().back().supported);
}

}  // namespace
}  // namespace primebench
