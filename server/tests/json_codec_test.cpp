#include "primebench/app/json_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primebench {

// For GoogleTest's messages.
std::ostream& operator<<(std::ostream& out, const DecodedBody& decoded) {  // NOLINT(misc-use-internal-linkage)
  constexpr std::array<std::string_view, 6> names{"has_n",     "malformed",        "not_an_object",
                                                  "n_missing", "n_not_an_integer", "n_beyond_32_bits"};
  return out << names.at(static_cast<std::size_t>(decoded.verdict)) << " n=" << decoded.n;
}

namespace {

using namespace std::string_literals;

/// Decodes from memory that ends where the body ends, for AddressSanitizer to see a byte read too far.
DecodedBody decode_with(BodyDecoder& decoder, std::string_view body) {
  const std::vector<char> exact(body.begin(), body.end());
  return decoder.decode({exact.data(), exact.size()});
}

/// With a new decoder, and with one that has just failed in the midst of a nested string: what it did must not matter.
DecodedBody decode(std::string_view body) {
  BodyDecoder fresh;
  BodyDecoder used;
  (void)decode_with(used, R"({"n":1e999999,"a":[[[{"b":"\x)");
  const DecodedBody decoded = decode_with(fresh, body);
  EXPECT_EQ(decode_with(used, body), decoded);
  return decoded;
}

DecodedBody n_is(std::uint32_t n) { return {.verdict = BodyVerdict::has_n, .n = n}; }

void expect_each(const std::vector<std::string>& bodies, const DecodedBody& expected) {
  for (const std::string& body : bodies) {
    SCOPED_TRACE(body.substr(0, 200));
    EXPECT_EQ(decode(body), expected);
  }
}

void expect_verdict(const std::vector<std::string>& bodies, BodyVerdict verdict) { expect_each(bodies, {.verdict = verdict}); }

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) {
    result += text;
  }
  return result;
}

/// Texts that are no UTF-8 (RFC 3629), whatever stands around them.
const std::vector<std::string> invalid_utf8{
    "\x80",  // a continuation without a beginning
    "\xbf",
    "\xc0\xaf",          // overlong "/"
    "\xc1\xbf",          // overlong U+007F
    "\xe0\x80\xaf",      // overlong "/"
    "\xe0\x9f\xbf",      // overlong U+07FF
    "\xf0\x80\x80\xaf",  // overlong "/"
    "\xf0\x8f\xbf\xbf",  // overlong U+FFFF
    "\xed\xa0\x80",      // the surrogate U+D800
    "\xed\xbf\xbf",      // the surrogate U+DFFF
    "\xf4\x90\x80\x80",  // U+110000
    "\xf5\x80\x80\x80",
    "\xff",
    "\xfe",
    "\xc3",  // cut short
    "\xe2\x82",
    "\xf0\x9f\x98",
    "\xc3(",  // a beginning without a continuation
    "\xe2\x82(",
    "\xf0\x9f\x98(",
};

TEST(BodyDecoder, FindsN) {
  EXPECT_EQ(decode(R"({"n":10000})"), n_is(10'000));
  EXPECT_EQ(decode(R"({"n":1})"), n_is(1));
}

TEST(BodyDecoder, TakesEveryIntegerOf32Bits) {
  EXPECT_EQ(decode(R"({"n":0})"), n_is(0));
  EXPECT_EQ(decode(R"({"n":2147483648})"), n_is(2'147'483'648));
  EXPECT_EQ(decode(R"({"n":4294967295})"), n_is(4'294'967'295));
}

TEST(BodyDecoder, SaysThatAnIntegerIsBeyond32Bits) {
  expect_verdict(
      {R"({"n":4294967296})", R"({"n":4294967297})", R"({"n":18446744073709551615})", R"({"n":18446744073709551616})",
       R"({"n":18446744073709551617})", R"({"n":-0})", R"({"n":-1})", R"({"n":-10000})", R"({"n":-4294967295})",
       R"({"n":-18446744073709551616})", R"({"n":)" + std::string(100, '9') + "}", R"({"n":-)" + std::string(100, '9') + "}"},
      BodyVerdict::n_beyond_32_bits);
}

TEST(BodyDecoder, TakesIntegersBeyondTheRangeOfADoubleForIntegers) {
  expect_verdict({R"({"n":)" + std::string(400, '9') + "}", R"({"n":1)" + std::string(4'000, '0') + "}",
                  R"({"n":-)" + std::string(400, '9') + "}"},
                 BodyVerdict::n_beyond_32_bits);
}

TEST(BodyDecoder, TakesNoNumberWithAFractionOrAnExponentForAnInteger) {
  expect_verdict({R"({"n":1.5})", R"({"n":1.0})", R"({"n":-1.0})", R"({"n":0.0})", R"({"n":1e4})", R"({"n":1E4})",
                  R"({"n":1e+4})", R"({"n":1e-4})", R"({"n":10000e0})", R"({"n":0e0})", R"({"n":-0e-0})",
                  R"({"n":4294967296.0})", R"({"n":123456789012345678901234567890.5})"},
                 BodyVerdict::n_not_an_integer);
}

TEST(BodyDecoder, TakesExponentsThatRapidJsonCannotConvert) {
  // The first fails an assertion in RapidJSON 1.1.0's conversion to a double.
  expect_verdict({R"({"n":12.000000000000000e-2147483639})", R"({"n":1e-2147483648})", R"({"n":1e-99999999999999999999999999})",
                  R"({"n":0.0000000000000000000000000000001e-999999999})"},
                 BodyVerdict::n_not_an_integer);
}

TEST(BodyDecoder, TakesNumbersBeyondTheRangeOfADoubleForNumbers) {
  expect_verdict({R"({"n":1e999999})", R"({"n":1E+999999})", R"({"n":-1e999999})", R"({"n":0e999999})", R"({"n":1e309})",
                  R"({"n":1.0e999999})", R"({"n":1e99999999999999999999})", R"({"n":1e+0000000000000000000000000999})",
                  R"({"n":)" + std::string(400, '9') + ".5}", R"({"n":)" + std::string(400, '9') + "e5}"},
                 BodyVerdict::n_not_an_integer);
}

TEST(BodyDecoder, IgnoresOtherKeysNumbersBeyondAnyRange) {
  const std::vector<std::string> numbers{"1e999999",
                                         "-1e999999",
                                         "1E+999999",
                                         "1e-999999",
                                         "1.5e999999",
                                         "0e999999",
                                         "12.000000000000000e-2147483639",
                                         std::string(3'000, '9'),
                                         "1." + std::string(3'000, '9') + "e400"};
  for (const std::string& number : numbers) {
    expect_each({R"({"a":)" + number + R"(,"n":10000})", R"({"n":10000,"a":)" + number + "}",
                 R"({"a":[[)" + number + R"(]],"n":10000})", R"({"a":{"n":)" + number + R"(},"n":10000})"},
                n_is(10'000));
  }
}

TEST(BodyDecoder, StillSeesTheRestOfABodyWithANumberBeyondAnyRange) {
  expect_each({R"({"b":"\"","a":1e999999,"n":10000})", R"({"b":"\\","a":1e999999,"n":10000})",
               R"({"a":1e999999,"b":"\"1234567890123456789012345\\","n":10000})", R"({"a":1e999999,"\u006e":10000})",
               R"({"a":1e999999,"b":true,"n":10000})", R"({"a":[1e999999,1e+999999,1e-999999],"n":10000})",
               R"({"a":1e999999,"12345678901234567890123":5,"n":10000})"},
              n_is(10'000));
  expect_each({R"({"a":1e999999,"n":4294967295})"}, n_is(4'294'967'295));
  expect_verdict({R"({"a":1e999999,"n":123456789012345678901})", R"({"a":1e999999,"n":-1})"}, BodyVerdict::n_beyond_32_bits);
  expect_verdict({R"({"a":1e999999,"n":1.0})", R"({"a":1e999999,"n":1e4})"}, BodyVerdict::n_not_an_integer);
  expect_verdict({R"({"a":1e999999})", R"({"a":{"n":1e999999}})"}, BodyVerdict::n_missing);
}

TEST(BodyDecoder, DoesNotMendABodyWithANumberBeyondAnyRange) {
  expect_verdict({R"({"a":1e999999,"n":10000)", R"({"a":1e999999,"n":01})", R"({"a":1e999999,"n":10000}})",
                  R"({"a":1e999999,"n":00000000000000000000000000001})", R"({"a":1e999999,"n":10000})"s + '\0',
                  R"({"a":1e999999,"n":+1})", R"({"a":1e999999,"n":1e})", R"({"a":1e999999,"n":1.})",
                  R"({"a":1e999999,"n":12345678901234567890 1})", R"({"a":1e999999e,"n":1})", R"({"a":1e999999,"n":1e5+3})",
                  R"({"a":1e999999+5,"n":1})", "{\"a\":1e999999,\"b\":\"\xff\",\"n\":1}"},
                 BodyVerdict::malformed);
}

TEST(BodyDecoder, IgnoresOtherKeysWhateverTheirValues) {
  expect_each(
      {R"({"a":null,"n":10000})", R"({"n":10000,"a":true})", R"({"a":false,"n":10000,"b":"x"})",
       R"({"a":[],"b":{},"c":[1,[2,{"d":3}]],"n":10000})", R"({"a":"\"n\":5","n":10000})", R"({"":0,"n":10000})",
       R"({"nn":5,"n":10000})", R"({"a":"n","n":10000,"b":"n"})", R"({"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","n":10000})"},
      n_is(10'000));
}

TEST(BodyDecoder, IgnoresFourKibibytesOfOtherKeys) {
  std::string body = "{";
  for (int i = 0; body.size() < 4'000; ++i) {
    body += '"' + std::to_string(i) + R"(":[null,-1.5e3,"x"],)";
  }
  expect_each({body + R"("n":10000})"}, n_is(10'000));
  body.back() = '}';
  expect_verdict({body}, BodyVerdict::n_missing);
}

TEST(BodyDecoder, TakesKeysAndStringsLongerThanItsFirstMemory) {
  const std::string text(100'000, 'x');
  expect_each({R"({")" + text + R"(":")" + text + R"(","n":10000})"}, n_is(10'000));
}

TEST(BodyDecoder, LooksForNInTheOutermostObjectOnly) {
  expect_each({R"({"a":{"n":5},"n":10000})", R"({"n":10000,"a":{"n":5}})", R"({"a":[{"n":5}],"n":10000,"b":{"c":{"n":6}}})"},
              n_is(10'000));
  expect_verdict({R"({"a":{"n":10000}})", R"({"a":[{"n":10000}]})", R"({"a":[{"n":10000},5]})"}, BodyVerdict::n_missing);
}

TEST(BodyDecoder, DoesNotTakeAValueAfterANestedObjectForN) {
  expect_verdict({R"({"n":{"a":10000}})", R"({"n":[10000]})", R"({"n":[{}]})", R"({"n":{"n":10000}})"},
                 BodyVerdict::n_not_an_integer);
}

TEST(BodyDecoder, TakesTheKeyWrittenWithEscapes) { expect_each({R"({"\u006e":10000})", R"({"\u006E":10000})"}, n_is(10'000)); }

TEST(BodyDecoder, TakesOtherKeysForOtherKeys) {
  expect_verdict({R"({"N":10000})", R"({"\u004e":10000})", R"({"n ":10000})", R"({" n":10000})", R"({"n\u0000":10000})",
                  R"({"\u0000n":10000})", R"({"nn":10000})", R"({"":10000})", "{\"\xc3\xb1\":10000}", "{}", R"({"a":"n"})"},
                 BodyVerdict::n_missing);
}

TEST(BodyDecoder, SaysThatNIsOfAnotherType) {
  expect_verdict({R"({"n":null})", R"({"n":true})", R"({"n":false})", R"({"n":"5"})", R"({"n":""})", R"({"n":[]})",
                  R"({"n":{}})", R"({"n":[5]})"},
                 BodyVerdict::n_not_an_integer);
}

TEST(BodyDecoder, SaysThatTheBodyIsNoObject) {
  expect_verdict({"[10000]", "[]", "5", "-5", "1.5", "1e999999", R"("x")", R"("n")", "null", "true", "false",
                  R"([{"n":10000}])", " \t\r\n5"},
                 BodyVerdict::not_an_object);
}

TEST(BodyDecoder, AllowsWhiteSpaceAroundEveryToken) {
  expect_each({" \t\r\n{ \t\r\n\"n\" \t\r\n: \t\r\n10000 \t\r\n} \t\r\n",
               R"( { "a" : [ 1 , { } , [ ] ] , "n" : 10000 , "b" : { "c" : null } } )"},
              n_is(10'000));
}

TEST(BodyDecoder, TakesOtherSpacesForErrors) {
  expect_verdict({"\v{\"n\":10000}", "\f{\"n\":10000}", "{\"n\":10000}\v",
                  "{\"n\":\xc2\xa0"
                  "10000}"},
                 BodyVerdict::malformed);
}

TEST(BodyDecoder, TakesAnEmptyBodyForAnError) { expect_verdict({"", " ", "\t\r\n "}, BodyVerdict::malformed); }

TEST(BodyDecoder, TakesAnEmptyViewWithoutMemoryForAnError) {
  BodyDecoder decoder;
  EXPECT_EQ(decoder.decode({}), (DecodedBody{.verdict = BodyVerdict::malformed}));
}

TEST(BodyDecoder, TakesEveryBodyCutShortForAnError) {
  const std::string body = R"({"a":[1.5e3,{"b":"\u00e9\n"}],"n":10000,"c":true,"d":null,"e":false})";
  ASSERT_EQ(decode(body), n_is(10'000));
  for (std::size_t size = 0; size < body.size(); ++size) {
    expect_verdict({body.substr(0, size)}, BodyVerdict::malformed);
  }
}

TEST(BodyDecoder, TakesATrailingNulForAnError) {
  const std::string body = R"({"n":10000})";
  expect_verdict({body + '\0', body + "\0\0"s, body + "\0}"s, body + " \0"s, '\0' + body, "\0"s}, BodyVerdict::malformed);
}

TEST(BodyDecoder, TakesANulAnywhereForAnError) {
  const std::string body = R"({"n":10000,"a":"xy","b":[null]})";
  for (std::size_t at = 0; at <= body.size(); ++at) {
    std::string with_nul = body;
    with_nul.insert(at, 1, '\0');
    expect_verdict({with_nul}, BodyVerdict::malformed);
  }
}

TEST(BodyDecoder, TakesTrailingTextForAnError) {
  expect_verdict({R"({"n":10000}x)", R"({"n":10000} 5)", R"({"n":10000}})", R"({"n":10000}{"n":10000})", R"({"n":10000},)",
                  R"({"n":10000}])"},
                 BodyVerdict::malformed);
}

TEST(BodyDecoder, TakesNumbersThatJsonDoesNotKnowForErrors) {
  for (const std::string number :
       {"01",  "00",   "-01", "+1",  "NaN",  "nan",   "Infinity", "-Infinity", "Inf", ".5",  "5.",    "1e",   "1e+",
        "1e-", "1.e5", "-",   "--1", "0x10", "1_000", "1 000",    "1,000",     "1d",  "0b1", "1.2.3", "1e5.5"}) {
    expect_verdict({R"({"n":)" + number + "}", R"({"n":1,"a":)" + number + "}"}, BodyVerdict::malformed);
  }
}

TEST(BodyDecoder, TakesWhatJsonDoesNotKnowForErrors) {
  expect_verdict({R"({"n":10000,})",
                  R"({,"n":10000})",
                  R"({"n":10000,,"a":1})",
                  R"({"a":[1,],"n":10000})",
                  R"({"n":10000 /* comment */})",
                  "{\"n\":10000} // comment",
                  "# comment\n{\"n\":10000}",
                  R"({'n':10000})",
                  R"({n:10000})",
                  R"({"n"=10000})",
                  R"({"n" 10000})",
                  R"({"n":})",
                  R"({:10000})",
                  R"({"n"})",
                  R"({"n":10000])",
                  R"({"n":[10000})",
                  R"({"n":True})",
                  R"({"n":nul})",
                  R"({"n":truefalse})",
                  R"({10000:"n"})",
                  R"({{"n":10000}})",
                  R"({"n":10000;})",
                  R"({"n":(10000)})",
                  R"({"n":`5`})",
                  R"({"a":tru,"n":10000})"},
                 BodyVerdict::malformed);
}

TEST(BodyDecoder, TakesStringsThatJsonDoesNotKnowForErrors) {
  for (const std::string text : {"\n", "\t", "\x01", "\x1f", "\\x", "\\u12", "\\u12g4", "\\", "\\'", "\\U00e9", "\\0"}) {
    expect_verdict({R"({"n":10000,"a":")" + text + R"("})", R"({")" + text + R"(":1,"n":10000})"}, BodyVerdict::malformed);
  }
}

TEST(BodyDecoder, TakesInvalidUtf8ForAnErrorWhereverItIs) {
  for (const std::string& text : invalid_utf8) {
    expect_verdict({R"({"n":10000,"a":")" + text + R"("})", R"({"n":10000,")" + text + R"(":1})", R"({"n":")" + text + R"("})",
                    R"({"n":10000,"a":["x)" + text + R"(y"]})", R"({"n":10000,"a":")" + text, R"({"n":)" + text + "}",
                    R"({"n":10000})" + text, R"({"n":10000,"a":{")" + text + R"(":{}}})"},
                   BodyVerdict::malformed);
  }
}

TEST(BodyDecoder, TakesValidUtf8) {
  for (const std::string text : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
                                 "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xef\xbb\xbf"}) {
    expect_each({R"({"n":10000,"a":")" + text + R"("})", R"({")" + text + R"(":"n","n":10000})"}, n_is(10'000));
  }
}

TEST(BodyDecoder, TakesNestingOfAHundredThousandLevels) {
  constexpr std::size_t levels = 100'000;
  expect_each({R"({"a":)" + std::string(levels, '[') + std::string(levels, ']') + R"(,"n":10000})",
               R"({"a":)" + repeated(R"({"n":)", levels) + "5" + std::string(levels, '}') + R"(,"n":10000})"},
              n_is(10'000));
  expect_verdict({R"({"n":)" + std::string(levels, '[') + std::string(levels, ']') + "}"}, BodyVerdict::n_not_an_integer);
}

TEST(BodyDecoder, TakesNestingCutShortForAnError) {
  constexpr std::size_t levels = 100'000;
  expect_verdict({R"({"n":10000,"a":)" + std::string(levels, '['), R"({"n":10000,"a":)" + repeated(R"({"a":)", levels),
                  R"({"n":10000,"a":)" + std::string(levels, '[') + std::string(levels - 1, ']') + "}",
                  R"({"n":10000,"a":)" + repeated(R"([{"a":)", levels)},
                 BodyVerdict::malformed);
}

TEST(BodyDecoder, TakesTheLastOfSeveralN) {
  // The contract leaves the verdict open; the header does not.
  EXPECT_EQ(decode(R"({"n":1,"n":2})"), n_is(2));
  EXPECT_EQ(decode(R"({"n":1e999999,"n":2})"), n_is(2));
  EXPECT_EQ(decode(R"({"n":"1","\u006e":2})"), n_is(2));
  EXPECT_EQ(decode(R"({"n":1,"n":null})"), (DecodedBody{.verdict = BodyVerdict::n_not_an_integer}));
}

TEST(BodyDecoder, EitherTakesOrRejectsWhatTheContractLeavesOpen) {
  for (const std::string body :
       {"\xef\xbb\xbf{\"n\":10000}", R"({"n":10000,"a":"\ud800"})", R"({"n":10000,"a":"\udc00"})",
        R"({"n":10000,"a":"\ud800\ud800"})", R"({"n":10000,"a":"\ud800x"})", R"({"n":10000,"\udfff":1})"}) {
    SCOPED_TRACE(body);
    const DecodedBody decoded = decode(body);
    EXPECT_TRUE(decoded == n_is(10'000) || decoded.verdict == BodyVerdict::malformed) << decoded;
  }
}

TEST(BodyDecoder, DecodesOneBodyAfterAnotherAsIfItWereTheFirst) {
  BodyDecoder decoder;
  const std::vector<std::pair<std::string, DecodedBody>> bodies{
      {R"({"n":7})", n_is(7)},
      {R"({"n":)", {.verdict = BodyVerdict::malformed}},
      {R"({})", {.verdict = BodyVerdict::n_missing}},
      {R"({"a":1e999999,"n":8})", n_is(8)},
      {R"([1])", {.verdict = BodyVerdict::not_an_object}},
      {R"({"a":"\ud800)", {.verdict = BodyVerdict::malformed}},
      {R"({"a":)" + std::string(10'000, '['), {.verdict = BodyVerdict::malformed}},
      {R"({"n":1e999999})", {.verdict = BodyVerdict::n_not_an_integer}},
      {"", {.verdict = BodyVerdict::malformed}},
  };
  for (int round = 0; round < 2; ++round) {
    for (const auto& [body, expected] : bodies) {
      SCOPED_TRACE(body.substr(0, 100));
      EXPECT_EQ(decode_with(decoder, body), expected);
    }
  }
}

TEST(Reply, RepeatsNAndSaysPrimeAndDuration) {
  const Reply reply{10'000, 104'729, std::chrono::nanoseconds{4'812'345}};
  EXPECT_EQ(reply.text(), R"({"n":10000,"prime":104729,"duration":"4.812345ms"})");
}

TEST(Reply, WritesMicrosecondsInUtf8) {
  const Reply reply{1, 2, std::chrono::nanoseconds{1'500}};
  EXPECT_EQ(reply.text(), "{\"n\":1,\"prime\":2,\"duration\":\"1.5\xc2\xb5s\"}");
}

TEST(Reply, SaysNoTimeAsZeroSeconds) {
  const Reply reply{1, 2, std::chrono::nanoseconds{0}};
  EXPECT_EQ(reply.text(), R"({"n":1,"prime":2,"duration":"0s"})");
}

TEST(Reply, HasRoomForTheLargestOfEverything) {
  constexpr auto largest = std::numeric_limits<std::uint32_t>::max();
  const Reply reply{largest, largest, std::chrono::nanoseconds::max()};
  EXPECT_EQ(reply.text(), R"({"n":4294967295,"prime":4294967295,"duration":"9223372036.854775807s"})");
}

}  // namespace
}  // namespace primebench
