#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "primebench/app/json_reader.hpp"

namespace primebench {

/// The longest body of a POST to /json, unless `--max-body-bytes` allows more.
inline constexpr std::uint32_t order_bytes_max = 65'536;

/// What an order adds up to.
struct OrderSummary {
  std::int64_t order = 0;
  std::uint64_t count = 0;  ///< of items
  std::int64_t sum = 0;     ///< of their values
  std::string longest;      ///< of their names, in bytes; of equal ones the first
  std::uint64_t tags = 0;   ///< of all items

  /// Keeps the memory of the name.
  void clear() noexcept {
    order = 0;
    count = 0;
    sum = 0;
    longest.clear();
    tags = 0;
  }
};

enum class OrderVerdict : std::uint8_t {
  whole,
  malformed,    ///< not JSON (RFC 8259)
  other_shape,  ///< JSON, but a key of an order is missing, comes twice, or has a value of another type or beyond 64 bits
};

/// Reads `{"order": 1, "items": [{"name": "a", "value": 1, "tags": ["b"]}], "comment": "c"}` to its end, and writes what it
/// adds up to. Other keys are ignored, whatever their values. Holds the memory for both. One per thread.
class OrderCodec {
public:
  [[nodiscard]] OrderVerdict read(std::string_view body);

  /// Of the order that was read last, if it was whole.
  [[nodiscard]] const OrderSummary& summary() const noexcept { return summary_; }

  /// The summary as JSON, valid until the next call; empty if no text can repeat the longest name, which an escape gave half of
  /// a surrogate pair.
  [[nodiscard]] std::string_view encode();

private:
  /// Writes no half of a surrogate pair, which RapidJSON's reader lets through.
  using Writer = rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>, rapidjson::CrtAllocator,
                                   rapidjson::kWriteValidateEncodingFlag>;

  JsonReader reader_;
  OrderSummary summary_;
  rapidjson::StringBuffer buffer_;
  Writer writer_{buffer_};
};

}  // namespace primebench
