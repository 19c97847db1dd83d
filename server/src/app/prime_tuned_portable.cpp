#include <bit>
#include <cstdint>

#include "prime_tuned_kernels.hpp"
#include "prime_tuned_search.hpp"

namespace primebench::portable {
namespace {

/// Vector extensions of GCC and Clang: 16 bytes are a register of SSE2, which every x86-64 processor has, and of NEON.
using Words4 [[gnu::vector_size(16)]] = std::uint32_t;
using Longs2 [[gnu::vector_size(16)]] = std::uint64_t;
using Doubles2 [[gnu::vector_size(16)]] = double;

/// A lane of a mask is 0 or has all bits set.
bool every_bit(Longs2 mask) noexcept { return (mask[0] & mask[1]) == ~std::uint64_t{0}; }

struct Kernel {
  struct Words {
    static constexpr std::uint32_t lanes = 4;

    static Words4 all(std::uint32_t value) noexcept { return Words4{value, value, value, value}; }
    static Words4 consecutive(std::uint32_t first) noexcept { return first + Words4{0, 1, 2, 3}; }
    static Words4 load(const std::uint32_t* aligned) noexcept {
      return *reinterpret_cast<const Words4*>(aligned);  // NOLINT(*-reinterpret-cast): vectors may alias their elements
    }
    static Words4 undivided(Words4 candidates, Words4 reciprocals) noexcept {
      return std::bit_cast<Words4>(candidates * reciprocals >= reciprocals);
    }
    static Words4 both(Words4 left, Words4 right) noexcept { return left & right; }
    static bool every(Words4 mask) noexcept { return every_bit(std::bit_cast<Longs2>(mask)); }
    static std::uint32_t bits(Words4 mask) noexcept {
      const Words4 places = mask & Words4{1, 2, 4, 8};
      return places[0] | places[1] | places[2] | places[3];
    }
  };

  struct Doubles {
    using Vector = Doubles2;
    static constexpr std::uint32_t lanes = 2;

    static Vector all(std::uint32_t value) noexcept { return Vector{} + value; }
    static Vector consecutive(std::uint32_t first) noexcept { return all(first) + Vector{0, 1}; }
    static Vector reciprocal(Vector divisors) noexcept { return 1 / divisors; }
    static Longs2 undivided(Vector candidate, Vector divisors, Vector reciprocals) noexcept {
      constexpr double to_integer = 0x1p52;
      const Vector quotients = candidate * reciprocals + to_integer - to_integer;
      return std::bit_cast<Longs2>(quotients * divisors != candidate);
    }
    static Longs2 both(Longs2 left, Longs2 right) noexcept { return left & right; }
    static bool every(Longs2 mask) noexcept { return every_bit(mask); }
  };
};

}  // namespace

std::uint32_t nth_prime(std::uint32_t n) noexcept { return TunedSearch<Kernel>::nth_prime(n); }

bool is_prime(std::uint32_t candidate) noexcept { return TunedSearch<Kernel>::is_prime(candidate); }

}  // namespace primebench::portable
