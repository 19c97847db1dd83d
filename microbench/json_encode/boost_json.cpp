// Boost.JSON: an object made and serialised.

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "json_encode/json_encode.hpp"

namespace primebench::microbench {
namespace {

struct BoostJson {
  static std::string encode(std::uint32_t n, std::uint32_t prime, std::chrono::nanoseconds elapsed) {
    const boost::json::object reply{{"n", n}, {"prime", prime}, {"duration", duration_text(elapsed)}};
    return boost::json::serialize(reply);
  }
};

[[maybe_unused]] const bool registered = register_json_encoder<BoostJson>("boost_json");

}  // namespace
}  // namespace primebench::microbench
