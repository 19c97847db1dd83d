// Boost.JSON's value.

#include <boost/json.hpp>
#include <cstdint>
#include <string_view>
#include <utility>

#include "json_decode/json_decode.hpp"

namespace primebench::microbench {
namespace {

struct BoostJson {
  static std::uint32_t decode(std::string_view body) {
    boost::json::error_code error;
    const boost::json::value document = boost::json::parse({body.data(), body.size()}, error);
    if (error) {
      return 0;
    }
    const auto* const object = document.if_object();
    const auto* const n = object == nullptr ? nullptr : object->if_contains("n");
    const std::int64_t* const number = n == nullptr ? nullptr : n->if_int64();
    const bool fits = number != nullptr && std::in_range<std::uint32_t>(*number);
    return fits ? static_cast<std::uint32_t>(*number) : 0;
  }
};

[[maybe_unused]] const bool registered = register_json_decoder<BoostJson>("boost_json");

}  // namespace
}  // namespace primebench::microbench
