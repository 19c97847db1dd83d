// RapidJSON's writer into a buffer that is kept.

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>
#include <cstdint>
#include <string_view>

#include "json_encode/json_encode.hpp"

namespace primebench::microbench {
namespace {

class RapidjsonWriter {
public:
  std::string_view encode(std::uint32_t n, std::uint32_t prime, std::chrono::nanoseconds elapsed) {
    buffer_.Clear();
    rapidjson::Writer writer{buffer_};
    const std::string duration = duration_text(elapsed);
    writer.StartObject();
    writer.Key("n");
    writer.Uint(n);
    writer.Key("prime");
    writer.Uint(prime);
    writer.Key("duration");
    writer.String(duration.data(), static_cast<rapidjson::SizeType>(duration.size()));
    writer.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  rapidjson::StringBuffer buffer_;
};

[[maybe_unused]] const bool registered = register_json_encoder<RapidjsonWriter>("rapidjson_writer");

}  // namespace
}  // namespace primebench::microbench
