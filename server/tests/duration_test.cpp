#include "primebench/app/duration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace primebench {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds longest{std::numeric_limits<std::int64_t>::max()};

std::string written(std::chrono::nanoseconds elapsed) {
  std::array<char, duration_chars_max> text{};
  return {text.data(), write_duration(text, elapsed)};
}

/// The nanoseconds that `text` says, by integer arithmetic on its characters; -1 if it is no duration.
std::int64_t nanoseconds_in(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    std::int64_t nanoseconds;
  };
  constexpr std::array units{Unit{"ns", 1}, Unit{"\xc2\xb5s", 1'000}, Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000}};
  const auto* const unit = std::ranges::find_if(units, [text](const Unit& u) { return text.ends_with(u.suffix); });
  if (unit == units.end()) {
    return -1;
  }
  text.remove_suffix(unit->suffix.size());
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::int64_t place = unit->nanoseconds;
  bool after_point = false;
  for (const char c : text) {
    if (c == '.' && !after_point) {
      after_point = true;
    } else if (c < '0' || c > '9') {
      return -1;
    } else if (after_point) {
      place /= 10;
      fraction += place * (c - '0');
    } else {
      whole = whole * 10 + (c - '0');
    }
  }
  return whole * unit->nanoseconds + fraction;
}

TEST(Duration, IsWrittenLikeTheContractsExamples) {
  EXPECT_EQ(written(0ns), "0s");
  EXPECT_EQ(written(417ns), "417ns");
  EXPECT_EQ(written(1'500ns), "1.5\xc2\xb5s");
  EXPECT_EQ(written(4'812'345ns), "4.812345ms");
  EXPECT_EQ(written(1'204ms), "1.204s");
}

TEST(Duration, ChangesItsUnitAtAThousand) {
  EXPECT_EQ(written(1ns), "1ns");
  EXPECT_EQ(written(999ns), "999ns");
  EXPECT_EQ(written(1us), "1\xc2\xb5s");
  EXPECT_EQ(written(1'001ns), "1.001\xc2\xb5s");
  EXPECT_EQ(written(999'999ns), "999.999\xc2\xb5s");
  EXPECT_EQ(written(1ms), "1ms");
  EXPECT_EQ(written(1'000'001ns), "1.000001ms");
  EXPECT_EQ(written(999'999'999ns), "999.999999ms");
  EXPECT_EQ(written(1s), "1s");
  EXPECT_EQ(written(1'000'000'001ns), "1.000000001s");
}

TEST(Duration, DropsTheZerosAtTheFractionsEndOnly) {
  EXPECT_EQ(written(10us), "10\xc2\xb5s");
  EXPECT_EQ(written(1'010ns), "1.01\xc2\xb5s");
  EXPECT_EQ(written(100'100us), "100.1ms");
  EXPECT_EQ(written(1'020'304'050ns), "1.02030405s");
}

TEST(Duration, StaysInSecondsBeyondAMinute) {
  EXPECT_EQ(written(75'500ms), "75.5s");
  EXPECT_EQ(written(2h), "7200s");
}

TEST(Duration, FitsItsBufferAtItsLongest) {
  EXPECT_EQ(written(longest), "9223372036.854775807s");
  EXPECT_LE(written(longest).size(), duration_chars_max);
}

TEST(Duration, SaysEveryNanosecond) {
  std::mt19937_64 random{1};
  for (unsigned bits = 1; bits < 64; ++bits) {
    for (int i = 0; i < 200; ++i) {
      const auto nanoseconds = static_cast<std::int64_t>(random() >> (64U - bits));
      const std::string text = written(std::chrono::nanoseconds{nanoseconds});
      ASSERT_EQ(nanoseconds_in(text), nanoseconds) << text;
    }
  }
}

}  // namespace
}  // namespace primebench
