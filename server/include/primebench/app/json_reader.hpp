#pragma once

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <string>
#include <string_view>

namespace primebench {

/// Reads whole JSON texts (RFC 8259) with RapidJSON. Holds the parser's stack, so that reading allocates only when a text is
/// nested deeper, or holds a longer string, than any before it. One per thread.
class JsonReader {
public:
  /// Gives the events of `text` to `handler`: RapidJSON's, with numbers as text. `handler.restart()` makes it forget what it
  /// was given so far. Returns whether `text` is one JSON text that the handler took to its end.
  template <typename Handler>
  bool read(std::string_view text, Handler& handler) {
    const bool whole = parse(text, handler);
    // A number beyond the range of a double stops RapidJSON even where it is asked for as text. That is rare, and valid JSON.
    if (reader_.GetParseErrorCode() == rapidjson::kParseErrorNumberTooBig) {
      handler.restart();
      shorten_numbers(text);
      return parse(shortened_, handler);
    }
    return whole;
  }

private:
  /// Iterative: nesting costs heap, not call stack. Numbers as strings: RapidJSON 1.1.0 converts a double with an assertion
  /// that `12.000000000000000e-2147483639` fails, and a conversion could not tell 1.0 from 1 anyway.
  static constexpr unsigned parse_flags =  // NOLINTNEXTLINE(bugprone-signed-bitwise): RapidJSON's flags are an unscoped enum
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;

  /// RapidJSON takes a NUL for the end of the text: it is JSON only if the parser came to its end.
  template <typename Handler>
  bool parse(std::string_view text, Handler& handler) {
    rapidjson::MemoryStream stream{text.data(), text.size()};
    reader_.Parse<parse_flags>(stream, handler);
    return !reader_.HasParseError() && stream.Tell() == text.size();
  }

  void shorten_numbers(std::string_view text);

  rapidjson::Reader reader_;
  std::string shortened_;
};

}  // namespace primebench
