#include "primebench/app/duration.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace primebench {
namespace {

struct Unit {
  std::int64_t nanoseconds;
  int fraction_digits;
  std::string_view suffix;
};

constexpr Unit unit_for(std::int64_t nanoseconds) noexcept {
  if (nanoseconds == 0) {
    return {.nanoseconds = 1, .fraction_digits = 0, .suffix = "s"};  // Go prints "0s", not "0ns"
  }
  if (nanoseconds < 1'000) {
    return {.nanoseconds = 1, .fraction_digits = 0, .suffix = "ns"};
  }
  if (nanoseconds < 1'000'000) {
    return {.nanoseconds = 1'000, .fraction_digits = 3, .suffix = "\u00b5s"};
  }
  if (nanoseconds < 1'000'000'000) {
    return {.nanoseconds = 1'000'000, .fraction_digits = 6, .suffix = "ms"};
  }
  return {.nanoseconds = 1'000'000'000, .fraction_digits = 9, .suffix = "s"};
}

/// Writes `fraction` as `digits` places after a point, without the zeros at its end; nothing when it is 0.
char* write_fraction(char* out, std::int64_t fraction, int digits) noexcept {
  if (fraction == 0) {
    return out;
  }
  while (fraction % 10 == 0) {
    fraction /= 10;
    --digits;
  }
  *out = '.';
  for (char* place = out + digits; place != out; --place) {
    *place = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  return out + 1 + digits;
}

}  // namespace

std::size_t write_duration(std::span<char, duration_chars_max> out, std::chrono::nanoseconds elapsed) noexcept {
  const std::int64_t nanoseconds = elapsed.count();
  assert(nanoseconds >= 0);
  const Unit unit = unit_for(nanoseconds);
  char* const begin = out.data();
  char* end = std::to_chars(begin, begin + out.size(), nanoseconds / unit.nanoseconds).ptr;
  end = write_fraction(end, nanoseconds % unit.nanoseconds, unit.fraction_digits);
  end = std::ranges::copy(unit.suffix, end).out;
  return static_cast<std::size_t>(end - begin);
}

}  // namespace primebench
