#include "primebench/app/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace primebench {
namespace {

/// At every place in words of text, and of characters of several bytes: eight bytes are looked at at once.
void expect_everywhere(std::string_view character, bool is_right) {
  for (const std::string_view around : {std::string_view{"x"}, std::string_view{"\u00fc"}}) {
    for (std::size_t before = 0; before < 10; ++before) {
      for (std::size_t after = 0; after < 10; ++after) {
        std::string text;
        for (std::size_t i = 0; i < before; ++i) {
          text.append(around);
        }
        text.append(character);
        for (std::size_t i = 0; i < after; ++i) {
          text.append(around);
        }
        EXPECT_EQ(is_of_json_characters(text), is_right) << testing::PrintToString(text);
      }
    }
  }
}

TEST(IsOfJsonCharacters, TakesAsciiAndWhiteSpace) {
  EXPECT_TRUE(is_of_json_characters(""));
  for (const std::string_view character : {" ", "~", "\x7f", "\t", "\n", "\r", "\"", "\\"}) {
    expect_everywhere(character, true);
  }
}

TEST(IsOfJsonCharacters, TakesNoOtherControlCharacters) {
  for (char c = 0; c < ' '; ++c) {
    if (c != '\t' && c != '\n' && c != '\r') {
      expect_everywhere({&c, 1}, false);
    }
  }
}

TEST(IsOfJsonCharacters, TakesTheFirstAndLastCharactersOfEachLength) {
  for (const std::string_view character :
       {"\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    expect_everywhere(character, true);
  }
}

TEST(IsOfJsonCharacters, TakesNothingElse) {
  for (const std::string_view bytes :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2x", "\xc2\xc0", "\xe0\x9f\xbf", "\xe0\xa0", "\xe1\x80x",
        "\xe1\x80\xc0", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf1\x80\x80x", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff"}) {
    expect_everywhere(bytes, false);
  }
}

}  // namespace
}  // namespace primebench
