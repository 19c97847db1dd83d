// As the server links it: the reply's fixed parts copied, its numbers written by to_chars, on the stack.

#include <chrono>
#include <cstdint>

#include "json_encode/json_encode.hpp"
#include "primebench/app/json_codec.hpp"

namespace primebench::microbench {
namespace {

struct Served {
  static Reply encode(std::uint32_t n, std::uint32_t prime, std::chrono::nanoseconds elapsed) {
    return Reply{n, prime, elapsed};
  }
};

[[maybe_unused]] const bool registered = register_json_encoder<Served>("served");

}  // namespace
}  // namespace primebench::microbench
