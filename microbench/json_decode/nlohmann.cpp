// nlohmann::json, told to return what it thinks of a malformed body instead of throwing it.

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "json_decode/json_decode.hpp"

namespace primebench::microbench {
namespace {

struct Nlohmann {
  static std::uint32_t decode(std::string_view body) {
    const auto document = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
    if (!document.is_object()) {
      return 0;
    }
    const auto n = document.find("n");
    if (n == document.end() || !n->is_number_unsigned()) {
      return 0;
    }
    const auto number = n->get<std::uint64_t>();
    return number <= std::numeric_limits<std::uint32_t>::max() ? static_cast<std::uint32_t>(number) : 0;
  }
};

[[maybe_unused]] const bool registered = register_json_decoder<Nlohmann>("nlohmann");

}  // namespace
}  // namespace primebench::microbench
