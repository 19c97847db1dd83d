#pragma once

#include <rapidjson/reader.h>
#include <rapidjson/stream.h>

#include <string>
#include <string_view>

namespace primebench {

/// Whether `text` is UTF-8 (RFC 3629) without control characters, but for the three that JSON has for white space. Without
/// that nothing is JSON (RFC 8259 sections 2, 7 and 8.1).
[[nodiscard]] bool is_of_json_characters(std::string_view text) noexcept;

/// Reads whole JSON texts (RFC 8259) with RapidJSON, in a copy whose strings are unescaped in place. Holds that and the
/// parser's stack, so that reading allocates only when a text is longer, or nested deeper, than any before it. One per thread.
class JsonReader {
public:
  /// Gives the events of `text` to `handler`: RapidJSON's, with numbers as text. `handler.restart()` makes it forget what it
  /// was given so far. Returns whether `text` is one JSON text that the handler took to its end.
  template <typename Handler>
  bool read(std::string_view text, Handler& handler) {
    // Here, as RapidJSON takes a NUL for the end of the text, and its own check of each string takes longer.
    if (!is_of_json_characters(text)) {
      return false;
    }
    copy_ = text;
    const bool is_whole = parse_copy(handler);
    // A number beyond the range of a double stops RapidJSON even where it is asked for as text. That is rare, and valid JSON.
    if (reader_.GetParseErrorCode() == rapidjson::kParseErrorNumberTooBig) {
      handler.restart();
      copy_with_short_numbers(text);
      return parse_copy(handler);
    }
    return is_whole;
  }

private:
  /// Iterative: nesting costs heap, not call stack. Numbers as strings: RapidJSON 1.1.0 converts a double with an assertion
  /// that `12.000000000000000e-2147483639` fails, and a conversion could not tell 1.0 from 1 anyway.
  static constexpr unsigned parse_flags =  // NOLINTNEXTLINE(bugprone-signed-bitwise): RapidJSON's flags are an unscoped enum
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseInsituFlag;

  template <typename Handler>
  bool parse_copy(Handler& handler) {
    rapidjson::InsituStringStream stream{copy_.data()};
    return !reader_.Parse<parse_flags>(stream, handler).IsError();
  }

  void copy_with_short_numbers(std::string_view text);

  rapidjson::Reader reader_;
  std::string copy_;
};

}  // namespace primebench
