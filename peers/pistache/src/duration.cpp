#include "duration.hpp"

namespace {

std::string decimal(long long value, long long scale, const char* unit) {
  std::string text = std::to_string(value / scale);
  if (value % scale != 0) {
    std::string fraction = std::to_string(scale + value % scale);  // with a 1 in front, which keeps its zeros
    fraction.erase(fraction.find_last_not_of('0') + 1);
    text += '.' + fraction.substr(1);
  }
  return text + unit;
}

}  // namespace

std::string go_duration(std::chrono::nanoseconds duration) {
  const long long count = duration.count();
  if (count == 0) return "0s";
  if (count < 1'000) return std::to_string(count) + "ns";
  if (count < 1'000'000) return decimal(count, 1'000, "µs");
  if (count < 1'000'000'000) return decimal(count, 1'000'000, "ms");
  return decimal(count, 1'000'000'000, "s");
}
