// The article's Rust code as it stands, in C++: unsigned 64-bit operands, the square root once a candidate, and an inclusive
// range, which has to remember that it is used up because one past its end may not exist.

#include <cmath>
#include <cstdint>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

class InclusiveRange {
public:
  InclusiveRange(std::uint64_t first, std::uint64_t last) : next_{first}, last_{last} {}

  [[nodiscard]] bool has_next() const { return !used_up_ && next_ <= last_; }

  std::uint64_t next() {
    const std::uint64_t current = next_;
    if (current < last_) {
      ++next_;
    } else {
      used_up_ = true;
    }
    return current;
  }

private:
  std::uint64_t next_;
  std::uint64_t last_;
  bool used_up_ = false;
};

struct PublishedRust {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    return static_cast<std::uint32_t>(nth_prime_by<std::uint64_t>(n, [&count](std::uint64_t candidate) {
      const auto limit = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(candidate)));
      for (InclusiveRange range{2, limit}; range.has_next();) {
        count.division();
        if (candidate % range.next() == 0) {
          return false;
        }
      }
      return true;
    }));
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<PublishedRust>("published_rust");

}  // namespace
}  // namespace primebench::microbench
