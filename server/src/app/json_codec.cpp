#include "primebench/app/json_codec.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <system_error>

namespace primebench {
namespace {

DecodedBody classify_number(std::string_view digits) noexcept {
  if (digits.find_first_of(".eE") != std::string_view::npos) {
    return {.verdict = BodyVerdict::n_not_an_integer};
  }
  std::uint32_t n = 0;
  const char* const end = digits.data() + digits.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): from_chars takes a range
  const auto [stopped_at, error] = std::from_chars(digits.data(), end, n);
  if (error != std::errc{} || stopped_at != end) {
    return {.verdict = BodyVerdict::n_beyond_32_bits};
  }
  return {.verdict = BodyVerdict::has_n, .n = n};
}

/// Receives RapidJSON's events; keeps what the key "n" of the outermost object says. The names are RapidJSON's.
class NHandler {
public:
  // NOLINTBEGIN(readability-identifier-naming)
  bool Null() noexcept { return other_value(); }
  bool Bool(bool /*value*/) noexcept { return other_value(); }
  bool String(const char* /*text*/, rapidjson::SizeType /*length*/, bool /*copy*/) noexcept { return other_value(); }

  bool RawNumber(const char* digits, rapidjson::SizeType length, bool /*copy*/) noexcept {
    return value(is_n() ? classify_number({digits, length}) : DecodedBody{});
  }

  bool Key(const char* name, rapidjson::SizeType length, bool /*copy*/) noexcept {
    key_is_n_ = depth_ == 1 && std::string_view{name, length} == "n";
    return true;
  }

  bool StartObject() noexcept { return depth_ == 0 ? enter() : other_value() && enter(); }
  bool StartArray() noexcept { return other_value() && enter(); }
  bool EndObject(rapidjson::SizeType /*members*/) noexcept { return leave(); }
  bool EndArray(rapidjson::SizeType /*elements*/) noexcept { return leave(); }

  // Never called with numbers as strings; the reader's template names them all the same.
  bool Int(int /*value*/) noexcept { return false; }
  bool Uint(unsigned /*value*/) noexcept { return false; }
  bool Int64(std::int64_t /*value*/) noexcept { return false; }
  bool Uint64(std::uint64_t /*value*/) noexcept { return false; }
  bool Double(double /*value*/) noexcept { return false; }
  // NOLINTEND(readability-identifier-naming)

  void restart() noexcept { *this = {}; }

  [[nodiscard]] bool root_is_object() const noexcept { return root_is_object_; }
  [[nodiscard]] const DecodedBody& found() const noexcept { return found_; }

private:
  [[nodiscard]] bool is_n() const noexcept { return depth_ == 1 && key_is_n_; }

  /// A value at depth 0 is the document itself, and no object: it stops the parser.
  bool value(DecodedBody decoded) noexcept {
    if (depth_ == 0) {
      root_is_object_ = false;
      return false;
    }
    if (is_n()) {
      found_ = decoded;
    }
    return true;
  }

  bool other_value() noexcept { return value({.verdict = BodyVerdict::n_not_an_integer}); }

  bool enter() noexcept {
    ++depth_;
    return true;
  }

  bool leave() noexcept {
    --depth_;
    return true;
  }

  DecodedBody found_{.verdict = BodyVerdict::n_missing};
  std::size_t depth_ = 0;
  bool key_is_n_ = false;
  bool root_is_object_ = true;
};

/// Appends to a fixed buffer; the caller has shown that everything fits.
class Writer {
public:
  explicit Writer(std::span<char> out) noexcept : out_{out} {}

  void text(std::string_view text) noexcept { used_ += text.copy(&out_[used_], out_.size() - used_); }

  void number(std::uint32_t value) noexcept {
    const auto end = std::to_chars(&out_[used_], out_.data() + out_.size(), value).ptr;
    used_ = static_cast<std::size_t>(end - out_.data());
  }

  void duration(std::chrono::nanoseconds elapsed) noexcept {
    used_ += write_duration(out_.subspan(used_).first<duration_chars_max>(), elapsed);
  }

  [[nodiscard]] std::size_t used() const noexcept { return used_; }

private:
  std::span<char> out_;
  std::size_t used_ = 0;
};

}  // namespace

DecodedBody BodyDecoder::decode(std::string_view body) {
  NHandler handler;
  const bool is_whole = reader_.read(body, handler);
  if (!handler.root_is_object()) {
    return {.verdict = BodyVerdict::not_an_object};
  }
  return is_whole ? handler.found() : DecodedBody{.verdict = BodyVerdict::malformed};
}

Reply::Reply(std::uint32_t n, std::uint32_t prime, std::chrono::nanoseconds elapsed) noexcept {  // NOLINT(*-member-init)
  Writer writer{text_};
  writer.text(R"({"n":)");
  writer.number(n);
  writer.text(R"(,"prime":)");
  writer.number(prime);
  writer.text(R"(,"duration":")");
  writer.duration(elapsed);
  writer.text(R"("})");
  size_ = writer.used();
}

}  // namespace primebench
