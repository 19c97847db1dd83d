#include "primebench/app/json_reader.hpp"

namespace primebench {
namespace {

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

void JsonReader::shorten_numbers(std::string_view text) { NumberShortener{shortened_}.copy(text); }

}  // namespace primebench
