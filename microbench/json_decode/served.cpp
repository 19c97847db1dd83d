// As the server links it: RapidJSON's SAX reader, numbers kept as text, nothing stored.

#include <cstdint>
#include <string_view>

#include "json_decode/json_decode.hpp"
#include "primebench/app/json_codec.hpp"

namespace primebench::microbench {
namespace {

class Served {
public:
  std::uint32_t decode(std::string_view body) {
    const DecodedBody decoded = decoder_.decode(body);
    return decoded.verdict == BodyVerdict::has_n ? decoded.n : 0;
  }

private:
  BodyDecoder decoder_;
};

[[maybe_unused]] const bool registered = register_json_decoder<Served>("served");

}  // namespace
}  // namespace primebench::microbench
