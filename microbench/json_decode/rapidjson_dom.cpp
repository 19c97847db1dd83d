// RapidJSON's document, which owns a copy of what it read.

#include <rapidjson/document.h>

#include <cstdint>
#include <string_view>

#include "json_decode/json_decode.hpp"

namespace primebench::microbench {
namespace {

struct RapidjsonDom {
  static std::uint32_t decode(std::string_view body) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
    if (document.HasParseError() || !document.IsObject()) {
      return 0;
    }
    const auto n = document.FindMember("n");
    return n != document.MemberEnd() && n->value.IsUint() ? n->value.GetUint() : 0;
  }
};

[[maybe_unused]] const bool registered = register_json_decoder<RapidjsonDom>("rapidjson_dom");

}  // namespace
}  // namespace primebench::microbench
