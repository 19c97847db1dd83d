#include "primebench/app/item.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace primebench {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::string_view ten_zeros = "0000000000";

std::string_view zeros_before(std::uint32_t number, std::size_t digits) noexcept {
  std::size_t missing = digits;
  for (; number > 0; number /= 10) {
    --missing;
  }
  return ten_zeros.substr(0, missing);
}

std::optional<Item::Text> supplier_of(std::uint32_t id) noexcept {
  constexpr std::uint32_t suppliers = 5;
  return id % suppliers == 0 ? std::nullopt : std::optional<Item::Text>{std::in_place, "supplier-", id % suppliers};
}

void write(Writer& writer, bool value) { writer.Bool(value); }
void write(Writer& writer, std::uint32_t value) { writer.Uint(value); }
void write(Writer& writer, double value) { writer.Double(value); }

void write(Writer& writer, std::string_view text) { writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); }

template <std::size_t Capacity>
void write(Writer& writer, const ShortText<Capacity>& text) {
  write(writer, text.text());
}

void write(Writer& writer, const std::optional<Item::Text>& text) { text ? write(writer, *text) : void(writer.Null()); }

void write(Writer& writer, const std::array<Item::Text, 3>& texts) {
  writer.StartArray();
  for (const Item::Text& text : texts) {
    write(writer, text);
  }
  writer.EndArray();
}

void write(Writer& writer, const Item::Dimensions& dimensions);

template <typename Value>
void member(Writer& writer, std::string_view name, const Value& value) {
  writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  write(writer, value);
}

void write(Writer& writer, const Item::Dimensions& dimensions) {
  writer.StartObject();
  member(writer, "width", dimensions.width);
  member(writer, "height", dimensions.height);
  member(writer, "depth", dimensions.depth);
  writer.EndObject();
}

}  // namespace

std::optional<std::uint32_t> item_id(std::string_view text) noexcept {
  std::uint32_t id = 0;
  const char* const end = text.data() + text.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): from_chars takes a range
  const auto [stopped_at, error] = std::from_chars(text.data(), end, id);
  const bool is_id = error == std::errc{} && stopped_at == end && text.front() != '0' && id <= item_id_max;
  return is_id ? std::optional{id} : std::nullopt;
}

// The numbers are the task's own: each field has the one line of its rule.
Item::Item(std::uint32_t number) noexcept
    : id{number},
      name{"item-", number},
      active{number % 2 == 0},
      score{number / 4.0},
      quantity{number % 1'000},
      price_cents{number * 25 % 100'000},
      currency{"EUR"},
      category{"category-", number % 16},
      sku{"SKU-", zeros_before(number, 8), number},
      tags{Text{"t", number % 7}, Text{"t", number % 11}, Text{"t", number % 13}},
      dimensions{.width = number % 101, .height = number % 103, .depth = number % 107},
      weight_g{number % 5'000 + 1},
      rating{number % 11 / 2.0},
      reviews{number % 977},
      in_stock{number % 3 != 0},
      supplier{supplier_of(number)},
      description{"Item ", number, ": \"quoted\", a back\\slash and a line\nbreak"},
      note{"Z\u00fcrich \u2116", number},
      created{1'700'000'000 + number},
      next{"/json/", number % item_id_max + 1} {}

std::string_view ItemEncoder::encode(const Item& item) {
  buffer_.Clear();
  writer_.Reset(buffer_);
  writer_.StartObject();
  member(writer_, "id", item.id);
  member(writer_, "name", item.name);
  member(writer_, "active", item.active);
  member(writer_, "score", item.score);
  member(writer_, "quantity", item.quantity);
  member(writer_, "price_cents", item.price_cents);
  member(writer_, "currency", item.currency);
  member(writer_, "category", item.category);
  member(writer_, "sku", item.sku);
  member(writer_, "tags", item.tags);
  member(writer_, "dimensions", item.dimensions);
  member(writer_, "weight_g", item.weight_g);
  member(writer_, "rating", item.rating);
  member(writer_, "reviews", item.reviews);
  member(writer_, "in_stock", item.in_stock);
  member(writer_, "supplier", item.supplier);
  member(writer_, "description", item.description);
  member(writer_, "note", item.note);
  member(writer_, "created", item.created);
  member(writer_, "next", item.next);
  writer_.EndObject();
  return {buffer_.GetString(), buffer_.GetSize()};
}

}  // namespace primebench
