#include "primebench/app/order.hpp"

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

namespace primebench {
namespace {

std::optional<std::int64_t> integer_in(std::string_view digits) noexcept {
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): from_chars takes a range
  const auto [stopped_at, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc{} && stopped_at == end ? std::optional{value} : std::nullopt;
}

/// Receives RapidJSON's events and adds up an order. What is not of an order's shape is only noted and passed over: whether the
/// text is JSON at all is known at its end. The names are RapidJSON's.
class OrderHandler {
public:
  explicit OrderHandler(OrderSummary& summary) noexcept : summary_{&summary} { summary.clear(); }

  void restart() noexcept { *this = OrderHandler{*summary_}; }

  // NOLINTBEGIN(readability-identifier-naming)
  bool Null() noexcept { return other_value(); }
  bool Bool(bool /*value*/) noexcept { return other_value(); }

  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (is_ignored()) {
      return true;
    }
    switch (role_) {
      case Role::name:
        return add_name({text, length});
      case Role::tag:
        ++summary_->tags;
        return true;
      case Role::comment:
        return true;
      default:
        return other_value();
    }
  }

  bool RawNumber(const char* digits, rapidjson::SizeType length, bool /*copy*/) noexcept {
    if (is_ignored() || (role_ != Role::order && role_ != Role::value)) {
      return other_value();
    }
    const auto number = integer_in({digits, length});
    is_order_ = is_order_ && number && add_number(*number);
    return true;
  }

  bool Key(const char* name, rapidjson::SizeType length, bool /*copy*/) noexcept {
    if (is_ignored()) {
      return true;
    }
    role_ = in_item_ ? role_in_item({name, length}) : role_in_order({name, length});
    if (role_ != Role::other) {
      unsigned& keys = in_item_ ? item_keys_ : order_keys_;
      is_order_ = is_order_ && (keys & bit(role_)) == 0;  // twice: which of them is meant?
      keys |= bit(role_);
    }
    return true;
  }

  bool StartObject() noexcept {
    if (is_ignored() || (role_ != Role::document && role_ != Role::item)) {
      return ignore();
    }
    in_item_ = role_ == Role::item;
    item_keys_ = 0;
    return true;
  }

  bool EndObject(rapidjson::SizeType /*members*/) noexcept {
    if (is_ignored()) {
      return leave_ignored();
    }
    if (in_item_) {
      is_order_ = is_order_ && item_keys_ == (bit(Role::name) | bit(Role::value) | bit(Role::tags));
      ++summary_->count;
      in_item_ = false;
      role_ = Role::item;
    } else {
      is_order_ = is_order_ && order_keys_ == (bit(Role::order) | bit(Role::items) | bit(Role::comment));
    }
    return true;
  }

  bool StartArray() noexcept {
    if (is_ignored() || (role_ != Role::items && role_ != Role::tags)) {
      return ignore();
    }
    role_ = role_ == Role::items ? Role::item : Role::tag;
    return true;
  }

  bool EndArray(rapidjson::SizeType /*elements*/) noexcept { return is_ignored() ? leave_ignored() : true; }

  // Never called with numbers as strings; the reader's template names them all the same.
  bool Int(int /*value*/) noexcept { return false; }
  bool Uint(unsigned /*value*/) noexcept { return false; }
  bool Int64(std::int64_t /*value*/) noexcept { return false; }
  bool Uint64(std::uint64_t /*value*/) noexcept { return false; }
  bool Double(double /*value*/) noexcept { return false; }
  // NOLINTEND(readability-identifier-naming)

  /// Of a text that was read to its end.
  [[nodiscard]] bool is_order() const noexcept { return is_order_; }

private:
  /// What the next value is. In an array it stays the same; in an object each key sets it.
  enum class Role : std::uint8_t { document, order, items, comment, item, name, value, tags, tag, other };

  static constexpr unsigned bit(Role role) noexcept { return 1U << static_cast<unsigned>(role); }

  static Role role_in_order(std::string_view key) noexcept {
    if (key == "order") {
      return Role::order;
    }
    if (key == "items") {
      return Role::items;
    }
    return key == "comment" ? Role::comment : Role::other;
  }

  static Role role_in_item(std::string_view key) noexcept {
    if (key == "name") {
      return Role::name;
    }
    if (key == "value") {
      return Role::value;
    }
    return key == "tags" ? Role::tags : Role::other;
  }

  [[nodiscard]] bool is_ignored() const noexcept { return ignored_depth_ > 0; }

  bool ignore() noexcept {
    other_value();
    ++ignored_depth_;
    return true;
  }

  bool leave_ignored() noexcept {
    --ignored_depth_;
    return true;
  }

  /// Only under a key that an order does not have may anything stand.
  bool other_value() noexcept {
    is_order_ = is_order_ && (is_ignored() || role_ == Role::other);
    return true;
  }

  bool add_name(std::string_view name) {
    if (name.size() > summary_->longest.size()) {
      summary_->longest = name;
    }
    return true;
  }

  /// False: the sum is beyond 64 bits.
  bool add_number(std::int64_t number) noexcept {
    if (role_ == Role::value) {
      return !__builtin_add_overflow(summary_->sum, number, &summary_->sum);
    }
    summary_->order = number;
    return true;
  }

  OrderSummary* summary_;
  std::size_t ignored_depth_ = 0;
  unsigned order_keys_ = 0;
  unsigned item_keys_ = 0;
  Role role_ = Role::document;
  bool in_item_ = false;
  bool is_order_ = true;
};

}  // namespace

OrderVerdict OrderCodec::read(std::string_view body) {
  OrderHandler handler{summary_};
  if (!reader_.read(body, handler)) {
    return OrderVerdict::malformed;
  }
  return handler.is_order() ? OrderVerdict::whole : OrderVerdict::other_shape;
}

std::string_view OrderCodec::encode() {
  buffer_.Clear();
  writer_.Reset(buffer_);
  writer_.StartObject();
  writer_.Key("order");
  writer_.Int64(summary_.order);
  writer_.Key("count");
  writer_.Uint64(summary_.count);
  writer_.Key("sum");
  writer_.Int64(summary_.sum);
  writer_.Key("longest");
  if (!writer_.String(summary_.longest.data(), static_cast<rapidjson::SizeType>(summary_.longest.size()))) {
    return {};
  }
  writer_.Key("tags");
  writer_.Uint64(summary_.tags);
  writer_.EndObject();
  return {buffer_.GetString(), buffer_.GetSize()};
}

}  // namespace primebench
