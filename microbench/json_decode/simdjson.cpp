// simdjson's DOM, its parser and buffer kept. Not its on-demand reader, which leaves unread, and so unchecked, what nobody asks
// for. It reads past the end, so the copy into a padded buffer is timed: the server's own buffer ends where the body does.

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "json_decode/json_decode.hpp"

namespace primebench::microbench {
namespace {

class Simdjson {
public:
  std::uint32_t decode(std::string_view body) {
    if (buffer_.size() < body.size() + simdjson::SIMDJSON_PADDING) {
      buffer_.resize(body.size() + simdjson::SIMDJSON_PADDING);
    }
    std::memcpy(buffer_.data(), body.data(), body.size());
    std::uint64_t number = 0;
    const auto error = parser_.parse(buffer_.data(), body.size(), /*realloc_if_needed=*/false)["n"].get(number);
    return error == simdjson::SUCCESS && number <= std::numeric_limits<std::uint32_t>::max()
               ? static_cast<std::uint32_t>(number)
               : 0;
  }

private:
  simdjson::dom::parser parser_;
  std::vector<char> buffer_;
};

[[maybe_unused]] const bool registered = register_json_decoder<Simdjson>("simdjson_dom");

}  // namespace
}  // namespace primebench::microbench
