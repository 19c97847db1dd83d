#include "primebench/http/http_date.hpp"

#include <algorithm>
#include <cstdint>

namespace primebench {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view pattern = "www, dd mmm yyyy hh:mm:ss GMT";
static_assert(pattern.size() == HttpDate::chars);

/// Writes `value` so that its last digit comes to stand before `end`.
void write_digits(char* end, std::int64_t value, int digits) noexcept {
  for (; digits > 0; --digits) {
    *--end = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

void HttpDate::set(std::chrono::sys_seconds now) noexcept {
  if (now == shown_) {
    return;
  }
  shown_ = now;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{now - day};

  char* const text = text_.data();
  std::ranges::copy(pattern, text);
  std::ranges::copy(weekdays.at(std::chrono::weekday{day}.c_encoding()), text);
  write_digits(text + 7, static_cast<unsigned>(date.day()), 2);
  std::ranges::copy(months.at(static_cast<unsigned>(date.month()) - 1), text + 8);
  write_digits(text + 16, static_cast<int>(date.year()), 4);
  write_digits(text + 19, time.hours().count(), 2);
  write_digits(text + 22, time.minutes().count(), 2);
  write_digits(text + 25, time.seconds().count(), 2);
}

std::chrono::steady_clock::time_point HttpDate::now() noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (now >= due_) {
    const auto time = std::chrono::system_clock::now();
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    set(second);
    due_ = now + (second + std::chrono::seconds{1} - time);
  }
  return now;
}

}  // namespace primebench
