#include "primebench/http/http_date.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <random>
#include <string>

namespace primebench {
namespace {

constexpr std::int64_t last_second_of_9999 = 253'402'300'799;

std::string shown(std::int64_t unix_seconds) {
  HttpDate date;
  date.set(std::chrono::sys_seconds{std::chrono::seconds{unix_seconds}});
  return std::string{date.text()};
}

std::string by_strftime(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

TEST(HttpDate, ShowsTheExampleOfRfc9110) { EXPECT_EQ(shown(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

TEST(HttpDate, BeginsWithTheEpoch) { EXPECT_EQ(shown(0), "Thu, 01 Jan 1970 00:00:00 GMT"); }

TEST(HttpDate, KnowsLeapDays) {
  EXPECT_EQ(shown(951'782'400), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(shown(1'709'251'199), "Thu, 29 Feb 2024 23:59:59 GMT");
  EXPECT_EQ(shown(1'709'251'200), "Fri, 01 Mar 2024 00:00:00 GMT");
  EXPECT_EQ(shown(4'107'542'399), "Sun, 28 Feb 2100 23:59:59 GMT");  // 2100 is no leap year
  EXPECT_EQ(shown(4'107'542'400), "Mon, 01 Mar 2100 00:00:00 GMT");
}

TEST(HttpDate, TurnsTheYear) {
  EXPECT_EQ(shown(1'767'225'599), "Wed, 31 Dec 2025 23:59:59 GMT");
  EXPECT_EQ(shown(1'767'225'600), "Thu, 01 Jan 2026 00:00:00 GMT");
}

TEST(HttpDate, FollowsTheClockWhenItIsSetAgain) {
  HttpDate date;
  for (const std::int64_t second : {784'111'777, 784'111'777, 784'111'778, 784'111'776}) {
    date.set(std::chrono::sys_seconds{std::chrono::seconds{second}});
    EXPECT_EQ(date.text(), by_strftime(second));
  }
}

TEST(HttpDate, AgreesWithStrftime) {
  std::mt19937_64 random{1};
  std::uniform_int_distribution<std::int64_t> seconds{0, last_second_of_9999};
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t second = seconds(random);
    ASSERT_EQ(shown(second), by_strftime(second));
  }
}

TEST(HttpDate, HasADateOnceItHasBeenAskedForTheTime) {
  HttpDate date;
  const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  date.now();
  const auto after = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  HttpDate expected;
  bool found = false;
  for (auto second = before; second <= after; second += std::chrono::seconds{1}) {
    expected.set(second);
    found = found || expected.text() == date.text();
  }
  EXPECT_TRUE(found) << date.text();
}

}  // namespace
}  // namespace primebench
