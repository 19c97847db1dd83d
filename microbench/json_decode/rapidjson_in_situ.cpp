// RapidJSON's document in situ: strings stay in the buffer that was read, which must end in a zero and is destroyed. The copy
// into such a buffer is timed, for without it there would be nothing to parse the second time.

#include <rapidjson/document.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "json_decode/json_decode.hpp"

namespace primebench::microbench {
namespace {

class RapidjsonInSitu {
public:
  std::uint32_t decode(std::string_view body) {
    buffer_.assign(body);
    rapidjson::Document document;
    document.ParseInsitu<rapidjson::kParseValidateEncodingFlag>(buffer_.data());
    if (document.HasParseError() || !document.IsObject()) {
      return 0;
    }
    const auto n = document.FindMember("n");
    return n != document.MemberEnd() && n->value.IsUint() ? n->value.GetUint() : 0;
  }

private:
  std::string buffer_;
};

[[maybe_unused]] const bool registered = register_json_decoder<RapidjsonInSitu>("rapidjson_in_situ");

}  // namespace
}  // namespace primebench::microbench
