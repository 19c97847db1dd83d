#include "json_oracle.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>

namespace primebench {
namespace {

namespace json = boost::json;

/// Keeps what the key "n" of the outermost object says. The names are Boost.JSON's.
class Handler {
public:
  using Error = json::error_code;
  using View = json::string_view;

  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(Error& /*error*/) { return true; }
  bool on_document_end(Error& /*error*/) { return true; }

  bool on_object_begin(Error& /*error*/) {
    root_is_object_ = root_is_object_ || depth_ == 0;
    other_value();
    ++depth_;
    return true;
  }

  bool on_object_end(std::size_t /*size*/, Error& /*error*/) { return leave(); }

  bool on_array_begin(Error& /*error*/) {
    other_value();
    ++depth_;
    return true;
  }

  bool on_array_end(std::size_t /*size*/, Error& /*error*/) { return leave(); }

  bool on_key_part(View part, std::size_t /*size*/, Error& /*error*/) {
    key_.append(part.data(), part.size());
    return true;
  }

  bool on_key(View rest, std::size_t /*size*/, Error& /*error*/) {
    key_.append(rest.data(), rest.size());
    key_is_n_ = key_ == "n";
    key_.clear();
    return true;
  }

  bool on_string_part(View /*part*/, std::size_t /*size*/, Error& /*error*/) { return true; }
  bool on_string(View /*rest*/, std::size_t /*size*/, Error& /*error*/) { return other_value(); }

  bool on_number_part(View part, Error& /*error*/) {
    number_.append(part.data(), part.size());
    return true;
  }

  bool on_int64(std::int64_t /*value*/, View rest, Error& /*error*/) { return number(rest); }
  bool on_uint64(std::uint64_t /*value*/, View rest, Error& /*error*/) { return number(rest); }
  bool on_double(double /*value*/, View rest, Error& /*error*/) { return number(rest); }
  bool on_bool(bool /*value*/, Error& /*error*/) { return other_value(); }
  bool on_null(Error& /*error*/) { return other_value(); }
  bool on_comment_part(View /*part*/, Error& /*error*/) { return true; }
  bool on_comment(View /*rest*/, Error& /*error*/) { return true; }

  [[nodiscard]] DecodedBody decoded() const {
    return root_is_object_ ? found_ : DecodedBody{.verdict = BodyVerdict::not_an_object};
  }

private:
  bool leave() {
    --depth_;
    return true;
  }

  bool other_value() {
    if (depth_ == 1 && root_is_object_ && key_is_n_) {
      found_ = {.verdict = BodyVerdict::n_not_an_integer};
    }
    return true;
  }

  bool number(View rest) {
    number_.append(rest.data(), rest.size());
    if (depth_ == 1 && root_is_object_ && key_is_n_) {
      found_ = classified();
    }
    number_.clear();
    return true;
  }

  /// By the text: what it is as a double says nothing of a fraction or of a hundred nines.
  [[nodiscard]] DecodedBody classified() const {
    if (number_.find_first_not_of("-0123456789") != std::string::npos) {
      return {.verdict = BodyVerdict::n_not_an_integer};
    }
    constexpr std::size_t digits_max = std::numeric_limits<std::uint32_t>::digits10 + 1;
    if (number_.starts_with('-') || number_.size() > digits_max ||
        std::stoull(number_) > std::numeric_limits<std::uint32_t>::max()) {
      return {.verdict = BodyVerdict::n_beyond_32_bits};
    }
    return {.verdict = BodyVerdict::has_n, .n = static_cast<std::uint32_t>(std::stoull(number_))};
  }

  std::string key_;
  std::string number_;
  DecodedBody found_{.verdict = BodyVerdict::n_missing};
  std::size_t depth_ = 0;
  bool root_is_object_ = false;
  bool key_is_n_ = false;
};

struct Parsed {
  json::error_code error;
  bool to_the_end = false;
  DecodedBody decoded;
};

Parsed parse(std::string_view body) {
  json::parse_options options;
  options.max_depth = body.size() + 1;  // the contract has no limit
  json::basic_parser<Handler> parser{options};
  Parsed parsed;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), parsed.error);
  parsed.to_the_end = body.find_first_not_of(" \t\r\n", used) == std::string_view::npos;
  parsed.decoded = parser.handler().decoded();
  return parsed;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// `body` with each exponent cut to its first digit. Boost.JSON refuses one beyond the range of a double, or of an int,
/// though RFC 8259 does not; here an exponent only has to be seen.
std::string with_small_exponents(std::string_view body) {
  std::string copy;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    copy.push_back(body[i]);
    if (in_string && body[i] == '\\' && i + 1 < body.size()) {
      copy.push_back(body[++i]);
    } else if (body[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && (body[i] == 'e' || body[i] == 'E') && i > 0 && is_digit(body[i - 1])) {
      if (i + 1 < body.size() && (body[i + 1] == '+' || body[i + 1] == '-')) {
        copy.push_back(body[++i]);
      }
      if (i + 1 < body.size() && is_digit(body[i + 1])) {
        copy.push_back(body[++i]);
        while (i + 1 < body.size() && is_digit(body[i + 1])) {
          ++i;
        }
      }
    }
  }
  return copy;
}

bool is_about_surrogates(const json::error_code& error) {
  return error == json::error::illegal_leading_surrogate || error == json::error::illegal_trailing_surrogate ||
         error == json::error::expected_utf16_escape;
}

}  // namespace

bool is_json_text(std::string_view text) {
  const Parsed parsed = parse(text);
  return !parsed.error.failed() && parsed.to_the_end;
}

std::optional<DecodedBody> expected_verdict(std::string_view body) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (body.starts_with(byte_order_mark)) {
    return std::nullopt;
  }
  const Parsed parsed = parse(with_small_exponents(body));
  if (is_about_surrogates(parsed.error)) {
    return std::nullopt;
  }
  return parsed.error.failed() || !parsed.to_the_end ? DecodedBody{.verdict = BodyVerdict::malformed} : parsed.decoded;
}

}  // namespace primebench
