#include "documents.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "duration.hpp"
#include "prime.hpp"

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr std::uint32_t last_id = 1'000'000;

Problem not_json() { return {400, "Bad Request", "the body is not JSON"}; }
Problem not_an_order() { return {422, "Unprocessable Entity", "the body is not an order with its items and a comment"}; }

json parse(const std::string& body) {
  json value = json::parse(body, nullptr, false);
  // The parser ends at a NUL, which is no end of a body.
  if (value.is_discarded() || body.find('\0') != std::string::npos) throw not_json();
  return value;
}

std::optional<std::uint32_t> number_in(std::string_view digits) {
  std::uint32_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stopped != end || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  return number;
}

std::string numbered(const char* name, std::uint32_t number) { return name + std::to_string(number); }

std::string padded(std::uint32_t number) {
  std::array<char, 16> text{};
  const int length = std::snprintf(text.data(), text.size(), "SKU-%08u", number);
  return {text.data(), static_cast<std::size_t>(length)};
}

/// What there is to say of an order.
struct Totals {
  std::int64_t sum = 0;
  std::size_t tags = 0;
  std::string longest;

  void add(const json& item) {
    const auto& name = text(item, "name");
    const json& value = member(item, "value");
    const auto& its_tags = member(item, "tags");
    if (!value.is_number_integer() || !its_tags.is_array()) throw not_an_order();
    for (const json& tag : its_tags) {
      if (!tag.is_string()) throw not_an_order();
    }
    sum += value.get<std::int64_t>();
    tags += its_tags.size();
    if (name.size() > longest.size()) longest = name;
  }

  static const json& member(const json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || found == object.end()) throw not_an_order();
    return *found;
  }

  static const std::string& text(const json& object, const char* name) {
    const json& value = member(object, name);
    if (!value.is_string()) throw not_an_order();
    return value.get_ref<const std::string&>();
  }
};

}  // namespace

std::string Problem::body() const { return ordered_json{{"title", title_}, {"status", status_}, {"detail", what()}}.dump(); }

std::string calculate(const std::string& body, std::uint32_t max_n) {
  const json asked = parse(body);
  if (!asked.is_object()) throw Problem(400, "Bad Request", "the body is not a JSON object");
  const auto found = asked.find("n");
  // One with a fraction, an exponent or too many digits is a floating-point number here.
  if (found == asked.end() || !found->is_number_unsigned() || *found < 1U || *found > max_n) {
    throw Problem(422, "Unprocessable Entity",
                  "n is not an integer, written in digits alone, from 1 to the largest that is answered");
  }
  const auto n = found->get<std::uint32_t>();
  const auto start = std::chrono::steady_clock::now();
  const std::uint32_t prime = nth_prime(n);
  const auto duration = std::chrono::steady_clock::now() - start;
  return ordered_json{{"n", n}, {"prime", prime}, {"duration", go_duration(duration)}}.dump();
}

std::string item(std::string_view digits) {
  const auto number = digits.empty() ? std::nullopt : number_in(digits);
  if (!number || *number < 1 || *number > last_id) throw Problem(404, "Not Found", "items have ids from 1 to 1000000");
  const std::uint32_t id = *number;
  const std::string text = std::to_string(id);
  const ordered_json document{
      {"id", id},
      {"name", "item-" + text},
      {"active", id % 2 == 0},
      {"score", id / 4.0},
      {"quantity", id % 1'000},
      {"price_cents", id * 25 % 100'000},
      {"currency", "EUR"},
      {"category", numbered("category-", id % 16)},
      {"sku", padded(id)},
      {"tags", ordered_json::array({numbered("t", id % 7), numbered("t", id % 11), numbered("t", id % 13)})},
      {"dimensions", {{"width", id % 101}, {"height", id % 103}, {"depth", id % 107}}},
      {"weight_g", id % 5'000 + 1},
      {"rating", id % 11 / 2.0},
      {"reviews", id % 977},
      {"in_stock", id % 3 != 0},
      {"supplier", id % 5 == 0 ? ordered_json(nullptr) : ordered_json(numbered("supplier-", id % 5))},
      {"description", "Item " + text + ": \"quoted\", a back\\slash and a line\nbreak"},
      {"note", "Zürich №" + text},
      {"created", 1'700'000'000 + id},
      {"next", numbered("/json/", id % last_id + 1)},
  };
  return document.dump();
}

std::string order(const std::string& body) {
  const json asked = parse(body);
  const json& number = Totals::member(asked, "order");
  const json& items = Totals::member(asked, "items");
  if (!number.is_number_integer() || !items.is_array()) throw not_an_order();
  static_cast<void>(Totals::text(asked, "comment"));
  Totals totals;
  for (const json& each : items) totals.add(each);
  return ordered_json{{"order", number.get<std::int64_t>()},
                      {"count", items.size()},
                      {"sum", totals.sum},
                      {"longest", totals.longest},
                      {"tags", totals.tags}}
      .dump();
}
