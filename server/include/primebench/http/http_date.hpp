#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace primebench {

/// The value of the `Date` field (IMF-fixdate, RFC 9110 section 5.6.7), formatted at most once a second.
class HttpDate {
public:
  static constexpr std::size_t chars = 29;  ///< `Sun, 06 Nov 1994 08:49:37 GMT`

  void set(std::chrono::sys_seconds now) noexcept;

  /// The time, for deadlines; the date is set on the way whenever a second has passed.
  std::chrono::steady_clock::time_point now() noexcept;

  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

private:
  std::chrono::sys_seconds shown_{std::chrono::seconds{-1}};
  std::chrono::steady_clock::time_point due_;
  std::array<char, chars> text_{};
};

}  // namespace primebench
