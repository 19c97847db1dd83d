#pragma once

#include <array>
#include <cassert>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace primebench {

/// Text of at most `Capacity` bytes, held in place: made without an allocation.
template <std::size_t Capacity>
class ShortText {
public:
  /// Joins texts and numbers, which are written in decimal. The caller has shown that they fit.
  template <typename... Parts>
  explicit ShortText(const Parts&... parts) noexcept {  // NOLINT(*-member-init): the text is written before it is read
    (append(parts), ...);
  }

  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), size_}; }

private:
  void append(std::string_view part) noexcept {
    assert(part.size() <= Capacity - size_);
    size_ += part.copy(text_.data() + size_, Capacity - size_);
  }

  void append(std::unsigned_integral auto number) noexcept {
    const auto [end, error] = std::to_chars(text_.data() + size_, text_.data() + Capacity, number);
    assert(error == std::errc{});
    size_ = static_cast<std::size_t>(end - text_.data());
  }

  std::array<char, Capacity> text_;
  std::size_t size_ = 0;
};

}  // namespace primebench
