#include "primebench/app/json_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace primebench {
namespace {

/// Eight bytes of text at a time: the most that a comparison looks at without leaving portable C++.
using Word = std::uint64_t;

constexpr Word each_byte(std::uint8_t byte) noexcept { return ~Word{0} / 0xFF * byte; }

/// Whether a word has a byte of a character of several bytes, or a control character. It may say so wrongly, never the reverse.
constexpr bool needs_a_closer_look(Word word) noexcept { return ((word | (word - each_byte(0x20))) & each_byte(0x80)) != 0; }

constexpr std::uint8_t byte_of(std::string_view text, std::size_t i) noexcept { return static_cast<std::uint8_t>(text[i]); }

constexpr bool is_tail(std::uint8_t byte) noexcept { return byte >= 0x80 && byte <= 0xBF; }

/// How long a character of several bytes is by its first; 0 if none begins so.
constexpr std::size_t length_by(std::uint8_t first) noexcept {
  if (first < 0xC2 || first > 0xF4) {
    return 0;
  }
  if (first < 0xE0) {
    return 2;
  }
  return first < 0xF0 ? 3 : 4;
}

/// Whether the first two bytes leave out what has a shorter form, the halves of surrogate pairs, and what is beyond U+10FFFF.
constexpr bool may_follow(std::uint8_t first, std::uint8_t second) noexcept {
  switch (first) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

/// The length of the character that `text` begins with; 0 if it is none that JSON may have. RFC 3629 section 4.
std::size_t character_length(std::string_view text) noexcept {
  const std::uint8_t first = byte_of(text, 0);
  if (first < 0x80) {
    return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  }
  const std::size_t length = length_by(first);
  if (length == 0 || text.size() < length || !may_follow(first, byte_of(text, 1))) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_tail(byte_of(text, i))) {
      return 0;
    }
  }
  return length;
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Copies JSON text with every run of digits outside its strings cut short: beyond 20 digits no integer is in range, and of
/// an exponent only its presence matters. What was valid stays valid, what was not does not become so.
class NumberShortener {
public:
  explicit NumberShortener(std::string& out) noexcept : out_{out} {}

  void copy(std::string_view text) {
    out_.clear();
    out_.reserve(text.size());
    for (const char c : text) {
      in_string_ ? copy_in_string(c) : copy_outside(c);
    }
  }

private:
  static constexpr int digits_kept = 20;
  static constexpr int exponent_digits_kept = 2;

  void copy_in_string(char c) {
    out_.push_back(c);
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
  }

  void copy_outside(char c) {
    if (is_digit(c)) {
      if (digits_left_ > 0) {
        --digits_left_;
        out_.push_back(c);
      }
      return;
    }
    const bool in_exponent = c == 'e' || c == 'E' || ((c == '+' || c == '-') && digits_left_ == exponent_digits_kept);
    digits_left_ = in_exponent ? exponent_digits_kept : digits_kept;
    in_string_ = c == '"';
    out_.push_back(c);
  }

  std::string& out_;
  int digits_left_ = digits_kept;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace

bool is_of_json_characters(std::string_view text) noexcept {
  while (!text.empty()) {
    Word word = 0;
    if (text.size() >= sizeof word) {
      std::memcpy(&word, text.data(), sizeof word);
      if (!needs_a_closer_look(word)) {
        text.remove_prefix(sizeof word);
        continue;
      }
    }
    const std::size_t length = character_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

void JsonReader::copy_with_short_numbers(std::string_view text) { NumberShortener{copy_}.copy(text); }

}  // namespace primebench
