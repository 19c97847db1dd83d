#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace primebench {

/// The classes of characters that RFC 3986 builds its grammar from, as bits; a byte may be in several.
struct UriClass {
  static constexpr unsigned reg_name = 1;  ///< unreserved and sub-delims, but the comma: see `is_host`
  static constexpr unsigned pchar = 2;     ///< of a path's segment, but "%"
  static constexpr unsigned query = 4;     ///< of a query, but "%"; a path has these without "?"
  static constexpr unsigned digit = 8;
  static constexpr unsigned hex_digit = 16;
};

inline constexpr auto uri_classes = [] {
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::array<std::uint8_t, std::numeric_limits<unsigned char>::max() + 1> classes{};
  const auto add = [&classes](std::string_view characters, unsigned bits) {
    for (const char c : characters) {
      std::uint8_t& entry = classes.at(static_cast<unsigned char>(c));
      entry = static_cast<std::uint8_t>(entry | bits);
    }
  };
  constexpr unsigned everywhere = UriClass::reg_name | UriClass::pchar | UriClass::query;
  add(unreserved, everywhere);
  add("!$&'()*+;=", everywhere);
  add(",:@", UriClass::pchar | UriClass::query);
  add("/?", UriClass::query);
  add(digits, UriClass::digit | UriClass::hex_digit);
  add("ABCDEFabcdef", UriClass::hex_digit);
  return classes;
}();

/// Whether the byte is in one of the classes.
constexpr bool is_in(char c, unsigned classes) noexcept {
  return (uri_classes[static_cast<unsigned char>(c)] & classes) != 0;  // NOLINT(*-constant-array-index): an entry a byte
}

/// The first byte that is in none of the classes, or `end`. A loop over pointers, because every request has a target and a
/// Host.
constexpr const char* skip(const char* at, const char* end, unsigned classes) noexcept {
  while (at != end && is_in(*at, classes)) {
    ++at;
  }
  return at;
}

/// The same, over pct-encoded characters ("%" HEXDIG HEXDIG), too.
constexpr const char* skip_with_encoded(std::string_view text, unsigned classes) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = skip(begin, end, classes);
  while (end - at > 2 && *at == '%' && is_in(at[1], UriClass::hex_digit) && is_in(at[2], UriClass::hex_digit)) {
    at = skip(at + 3, end, classes);
  }
  return at;
}

}  // namespace primebench
