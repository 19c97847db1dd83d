#include "json_encode/json_encode.hpp"

#include <array>

#include "primebench/app/duration.hpp"

namespace primebench::microbench {

std::string duration_text(std::chrono::nanoseconds elapsed) {
  std::array<char, duration_chars_max> text{};
  return {text.data(), write_duration(text, elapsed)};
}

}  // namespace primebench::microbench
