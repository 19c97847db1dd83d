#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "primebench/app/duration.hpp"
#include "primebench/app/json_reader.hpp"

namespace primebench {

/// What a request body says.
enum class BodyVerdict : std::uint8_t {
  has_n,
  malformed,         ///< not JSON (RFC 8259)
  not_an_object,     ///< JSON, but an array, a string, a number ...
  n_missing,         ///< an object without the key "n"
  n_not_an_integer,  ///< "n" is of another type, or written with a fraction or an exponent
  n_beyond_32_bits,  ///< an integer below 0 or above 4,294,967,295
};

struct DecodedBody {
  BodyVerdict verdict = BodyVerdict::malformed;
  std::uint32_t n = 0;  ///< meaningful for `has_n` only; not yet compared with max-n

  friend bool operator==(const DecodedBody&, const DecodedBody&) = default;
};

/// Reads `{"n": N}`. One per thread.
class BodyDecoder {
public:
  /// Other keys are ignored, whatever their values. Of several "n" the last counts.
  [[nodiscard]] DecodedBody decode(std::string_view body);

private:
  JsonReader reader_;
};

/// `{"n":4294967295,"prime":4294967295,"duration":"..."}`
inline constexpr std::size_t reply_chars_max = 64 + duration_chars_max;

/// The body of a `200` to /calculate, on the stack.
class Reply {
public:
  Reply(std::uint32_t n, std::uint32_t prime, std::chrono::nanoseconds elapsed) noexcept;

  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), size_}; }

private:
  std::array<char, reply_chars_max> text_;
  std::size_t size_;
};

}  // namespace primebench
