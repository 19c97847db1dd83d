#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "primebench/app/short_text.hpp"

namespace primebench {

/// Items are numbered from 1 to this.
inline constexpr std::uint32_t item_id_max = 1'000'000;

/// The item that a path below /json/ names: a decimal number as it is written canonically. Nothing if there is none.
[[nodiscard]] std::optional<std::uint32_t> item_id(std::string_view text) noexcept;

/// What `GET /json/{id}` responds with: 20 fields of every JSON type, all made from the id.
struct Item {
  using Text = ShortText<24>;

  struct Dimensions {
    std::uint32_t width;
    std::uint32_t height;
    std::uint32_t depth;
  };

  /// `number` is from 1 to `item_id_max`.
  explicit Item(std::uint32_t number) noexcept;

  std::uint32_t id;
  Text name;
  bool active;
  double score;
  std::uint32_t quantity;
  std::uint32_t price_cents;
  std::string_view currency;
  Text category;
  Text sku;
  std::array<Text, 3> tags;
  Dimensions dimensions;
  std::uint32_t weight_g;
  double rating;
  std::uint32_t reviews;
  bool in_stock;
  std::optional<Text> supplier;
  ShortText<80> description;
  Text note;
  std::uint32_t created;
  Text next;
};

/// Writes an item as JSON with RapidJSON's writer, into memory that is kept. One per thread.
class ItemEncoder {
public:
  /// The text is valid until the next call.
  [[nodiscard]] std::string_view encode(const Item& item);

private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace primebench
