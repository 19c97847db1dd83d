// nlohmann::json, the object that keeps the order of its keys, made and dumped.

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "json_encode/json_encode.hpp"

namespace primebench::microbench {
namespace {

struct Nlohmann {
  static std::string encode(std::uint32_t n, std::uint32_t prime, std::chrono::nanoseconds elapsed) {
    const nlohmann::ordered_json reply{{"n", n}, {"prime", prime}, {"duration", duration_text(elapsed)}};
    return reply.dump();
  }
};

[[maybe_unused]] const bool registered = register_json_encoder<Nlohmann>("nlohmann");

}  // namespace
}  // namespace primebench::microbench
