// The contenders are right and count what they do. Says nothing about speed.

#include "benchmark.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "cases.hpp"
#include "prime_loop/prime_loop.hpp"
#include "primebench/app/prime.hpp"

namespace primebench::microbench {
namespace {

const Benchmark& benchmark_named(const std::vector<Benchmark>& benchmarks, const std::string& name) {
  const auto found = std::ranges::find(benchmarks, name, &Benchmark::name);
  EXPECT_NE(found, benchmarks.end()) << name;
  return *found;
}

TEST(Benchmarks, AreRight) { EXPECT_EQ(faults_of(all_benchmarks()), std::vector<std::string>{}); }

TEST(Benchmarks, HaveNamesOfTheirOwn) {
  const std::vector<Benchmark> benchmarks = all_benchmarks();
  EXPECT_GT(benchmarks.size(), 60U);
  EXPECT_EQ(std::ranges::adjacent_find(benchmarks, {}, &Benchmark::name), benchmarks.end());
}

TEST(Benchmarks, OfWrongContendersAreFoundByName) {
  const auto right = make_benchmark("a/right/one", [] { return std::string{}; }, counting_bytes(1), [] { return 1; });
  const auto wrong = make_benchmark("a/wrong/one", [] { return std::string{"finds 4"}; }, counting_bytes(1), [] { return 4; });
  EXPECT_EQ(faults_of(std::vector{right, wrong}), std::vector<std::string>{"a/wrong/one: finds 4"});
}

TEST(Benchmarks, RepeatTheirOperationAsOftenAsAsked) {
  int times = 0;
  const auto counted =
      make_benchmark("a/counted/one", [] { return std::string{}; }, counting_bytes(1), [&times] { return ++times; });
  counted.repeat(7);
  EXPECT_EQ(times, 7);
}

/// The contenders of the published and the reference tier make the same divisions, in whatever types.
TEST(PrimeLoop, MakesTheDivisionsThatItsTierPromises) {
  const std::vector<Benchmark> benchmarks = all_benchmarks();
  for (const std::string contender :
       {"published_go", "published_rust", "hoisted_int64", "hoisted_uint64", "hoisted_int32", "served", "squared"}) {
    for (const PrimeLoopCase& one : cases().prime_loop) {
      const std::string name = "prime_loop/" + contender + "/n=" + std::to_string(one.n);
      EXPECT_EQ(benchmark_named(benchmarks, name).counters().at("divisions"), static_cast<double>(one.divisions)) << name;
    }
  }
}

TEST(PrimeLoop, HasTheKnownCountForTheArticlesRequest) {
  const auto article = std::ranges::find(cases().prime_loop, 10'000U, &PrimeLoopCase::n);
  ASSERT_NE(article, cases().prime_loop.end());
  EXPECT_EQ(article->divisions, 2'925'594U);
}

TEST(PrimeLoop, DividesLessWithABetterAlgorithm) {
  const std::vector<Benchmark> benchmarks = all_benchmarks();
  const auto divisions = [&benchmarks](const std::string& contender) {
    return benchmark_named(benchmarks, "prime_loop/" + contender + "/n=10000").counters().at("divisions");
  };
  EXPECT_LT(divisions("odd_wheel"), divisions("served"));
  EXPECT_LT(divisions("prime_divisors"), divisions("odd_wheel"));
  EXPECT_EQ(divisions("sieve"), 0);
  EXPECT_EQ(divisions("table"), 0);
}

TEST(PrimeLoop, IsFoundWrongByTheSieve) {
  const auto wrong_at_41 = [](std::uint32_t n) { return n == 41 ? 181U : nth_prime(n); };
  EXPECT_EQ(fault_of_prime_search(41, wrong_at_41), "finds 181 for n = 41; it is 179");
  EXPECT_EQ(fault_of_prime_search(1'000, wrong_at_41), "finds 181 for n = 41; it is 179");
  EXPECT_EQ(fault_of_prime_search(40, wrong_at_41), "");
}

}  // namespace
}  // namespace primebench::microbench
