#include "primebench/app/prime.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace primebench {
namespace {

constexpr std::uint32_t sieved_to = 104'729;  // the 10,000th prime

/// What the reference tier must find and must do, from a sieve of smallest factors: no trial division, no square root.
class Truth {
public:
  Truth() {
    std::vector<std::uint32_t> smallest_factor(sieved_to + 1, 0);
    std::uint64_t divisions = 0;
    std::uint32_t root = 1;
    for (std::uint32_t candidate = 2; candidate <= sieved_to; ++candidate) {
      if ((root + 1) * (root + 1) == candidate) {
        ++root;
      }
      const bool is_prime = smallest_factor[candidate] == 0;
      // Divisors 2, 3, ... up to the first that divides, or up to the root where none does.
      divisions += is_prime ? root - 1 : smallest_factor[candidate] - 1;
      if (is_prime) {
        primes_.push_back({.prime = candidate, .divisions = divisions});
        for (std::uint32_t multiple = candidate; multiple <= sieved_to; multiple += candidate) {
          if (smallest_factor[multiple] == 0) {
            smallest_factor[multiple] = candidate;
          }
        }
      }
    }
  }

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(primes_.size()); }
  [[nodiscard]] const CountedPrime& nth(std::uint32_t n) const { return primes_.at(n - 1); }

private:
  std::vector<CountedPrime> primes_;
};

/// Every n to 1,000, then some, then the last: all to 10,000 would take a minute. A step of 97 meets every last digit.
std::vector<std::uint32_t> spread_of_n() {
  std::vector<std::uint32_t> spread;
  for (std::uint32_t n = 1; n < 10'000; n += n < 1'000 ? 1 : 97) {
    spread.push_back(n);
  }
  spread.push_back(10'000);
  return spread;
}

TEST(Prime, HasAKnownTruth) {
  const Truth truth;
  EXPECT_EQ(truth.count(), 10'000U);
  EXPECT_EQ(truth.nth(168).prime, 997U);
  EXPECT_EQ(truth.nth(169).prime, 1'009U);
}

TEST(NthPrime, KnowsTheSmallestPrimes) {
  const std::vector<std::uint32_t> primes{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  for (std::size_t i = 0; i < primes.size(); ++i) {
    EXPECT_EQ(nth_prime(static_cast<std::uint32_t>(i + 1)), primes[i]);
  }
}

TEST(NthPrime, GivesTheKnownValues) {
  EXPECT_EQ(nth_prime(1), 2U);
  EXPECT_EQ(nth_prime(10), 29U);
  EXPECT_EQ(nth_prime(100), 541U);
  EXPECT_EQ(nth_prime(1'000), 7'919U);
  EXPECT_EQ(nth_prime(10'000), 104'729U);
  EXPECT_EQ(nth_prime(100'000), 1'299'709U);
}

TEST(NthPrime, AgreesWithASieve) {
  const Truth truth;
  for (const std::uint32_t n : spread_of_n()) {
    ASSERT_EQ(nth_prime(n), truth.nth(n).prime) << "n = " << n;
  }
}

TEST(NthPrimeCounted, FindsTheSamePrimesInTheReferenceTiersDivisions) {
  const Truth truth;
  for (const std::uint32_t n : spread_of_n()) {
    ASSERT_EQ(nth_prime_counted(n), truth.nth(n)) << "n = " << n << ", divisions = " << nth_prime_counted(n).divisions;
  }
}

TEST(NthPrimeCounted, CountsTheDivisionsOfTheFirstCandidatesAsByHand) {
  EXPECT_EQ(nth_prime_counted(1).divisions, 0U);   // 2
  EXPECT_EQ(nth_prime_counted(2).divisions, 0U);   // 3
  EXPECT_EQ(nth_prime_counted(3).divisions, 2U);   // 4 by 2; 5 by 2
  EXPECT_EQ(nth_prime_counted(4).divisions, 4U);   // 6 by 2; 7 by 2
  EXPECT_EQ(nth_prime_counted(5).divisions, 10U);  // 8 by 2; 9 by 2, 3; 10 by 2; 11 by 2, 3
}

TEST(NthPrimeCounted, DividesAsOftenAsTheMethodSays) {
  EXPECT_EQ(nth_prime_counted(10'000), (CountedPrime{.prime = 104'729, .divisions = 2'925'594}));
}

}  // namespace
}  // namespace primebench
