#include "json_property.hpp"

#include <string>
#include <vector>

#include "json_oracle.hpp"
#include "primebench/app/json_codec.hpp"
#include "primebench/app/order.hpp"
#include "violation.hpp"

namespace primebench {
namespace {

/// In memory of exactly the body's size, for AddressSanitizer to watch.
DecodedBody decode(BodyDecoder& decoder, std::string_view body) {
  const std::vector<char> bytes(body.begin(), body.end());
  return decoder.decode({bytes.data(), bytes.size()});
}

bool is_400(const DecodedBody& decoded) noexcept {
  return decoded.verdict == BodyVerdict::malformed || decoded.verdict == BodyVerdict::not_an_object;
}

void compare_with_oracle(const DecodedBody& decoded, std::string_view body) {
  const auto expected = expected_verdict(body);
  if (!expected) {
    return;
  }
  if (expected->verdict != BodyVerdict::malformed || decoded.verdict != BodyVerdict::not_an_object) {
    require(decoded == *expected, "both parsers find the same");
    return;
  }
  // Both are a 400: the decoder stops at the first byte that begins no object.
  const auto first = body.find_first_not_of(" \t\r\n");
  require(first != std::string_view::npos && body[first] != '{', "what begins with a brace is an object or malformed");
}

/// An order's decoder looks at all of a text, too: what is JSON to one is JSON to the other, and it remembers nothing either.
void compare_with_order(const DecodedBody& decoded, std::string_view body) {
  OrderCodec codec;
  const OrderVerdict verdict = codec.read(body);
  if (decoded.verdict == BodyVerdict::not_an_object) {  // which is all that the decoder says: it stopped at the first byte
    require(verdict != OrderVerdict::whole, "an order is an object");
  } else {
    require((verdict == OrderVerdict::malformed) == (decoded.verdict == BodyVerdict::malformed),
            "both decoders take the same for JSON");
  }
  const std::string json{verdict == OrderVerdict::whole ? codec.encode() : ""};
  require(json.empty() || is_json_text(json), "a summary is JSON");
  require(codec.read(body) == verdict && (verdict != OrderVerdict::whole || codec.encode() == json),
          "an order's codec does not remember the body before");
}

}  // namespace

void check_json(std::string_view body) {
  BodyDecoder decoder;
  const DecodedBody decoded = decode(decoder, body);
  compare_with_oracle(decoded, body);
  compare_with_order(decoded, body);
  require(decode(decoder, body) == decoded, "a decoder does not remember the body before");

  const std::string text{body};
  require(decode(decoder, " \t\r\n" + text + " \t\r\n") == decoded, "white space around a body means nothing");
  if (is_400(decoded)) {
    return;
  }
  const auto brace = text.rfind('}');
  require(is_400(decode(decoder, text.substr(0, brace))), "an object that is cut short is malformed");
  for (const char c : {'x', ',', '}', '\0', '"'}) {
    require(is_400(decode(decoder, text + c)), "what follows an object makes the body malformed");
  }
  constexpr DecodedBody seven{.verdict = BodyVerdict::has_n, .n = 7};
  require(decode(decoder, R"({"a":)" + text + R"(,"n":7})") == seven, "other keys are ignored, whatever their values");
  require(decode(decoder, R"({"n":)" + text + "}") == DecodedBody{.verdict = BodyVerdict::n_not_an_integer},
          "an object is no integer");
}

}  // namespace primebench
