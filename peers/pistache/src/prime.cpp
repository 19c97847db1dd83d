#include "prime.hpp"

#include <cmath>

namespace {

bool is_prime(std::uint32_t candidate) {
  // Exact: a double holds every 32-bit number, and IEEE 754 rounds its root correctly.
  const auto root = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(candidate)));
  for (std::uint32_t divisor = 2; divisor <= root; ++divisor) {
    if (candidate % divisor == 0) return false;
  }
  return true;
}

}  // namespace

std::uint32_t nth_prime(std::uint32_t n) {
  std::uint32_t candidate = 1;
  for (std::uint32_t found = 0; found < n;) {
    if (is_prime(++candidate)) ++found;
  }
  return candidate;
}
