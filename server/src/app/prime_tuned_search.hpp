#pragma once

#include <cstddef>
#include <cstdint>

#include "primebench/app/prime.hpp"
#include "primebench/app/prime_tuned.hpp"

namespace primebench {

/// The tuned tier: each candidate from 2 up is tested with each divisor 2, 3, 4, ... up to its square root until one divides
/// it, as in the reference tier, but 64 candidates go together, and divisors come in blocks. Nothing is skipped, and
/// nothing outlives the call. A candidate leaves at the end of the first block that holds a divisor of it, so that some
/// divisions are done that the reference tier does not need: 4,174,608 instead of 2,925,594 for n = 10,000.
///
///  1. The first block, 2 to 7, takes the lanes of a vector for candidates. It has no branch: one for each candidate would
///     often be mispredicted, since half of all candidates leave at divisor 2 and a sixth at 3.
///  2. Each further block, of 64 divisors, takes the lanes for divisors, one remaining candidate after the other. Who
///     remains is a bit mask, updated without a branch; what is mispredicted is the end of the loop over its bits.
///
/// A division by d is a multiplication by a reciprocal of d, exactly, in one of two ways.
///
/// *Words*, 32-bit integers (Lemire, Kaser, Kurz, "Faster remainder by direct computation", 2019): with the reciprocal
/// R = ceil(2^32 / d), d divides c if and only if c R mod 2^32 < R, provided that (c + d) d <= 2^32.
///   Proof. Let R d = 2^32 + e, 0 <= e < d, and c = q d + r, 0 <= r < d. Then c R = q 2^32 + (q e + r R).
///   r = 0: q e < R, because q e d = c e <= c d < 2^32 <= R d. So c R mod 2^32 = q e < R.
///   r > 0: q e + r R >= R, and q e + r R <= q e + (d - 1) R = 2^32 + e + q e - R, which is below 2^32 if (q + 1) e < R;
///   that holds, because (q + 1) e d <= (c + d) e < (c + d) d <= 2^32 <= R d. So c R mod 2^32 = q e + r R >= R.
///
/// *Doubles*, for larger candidates, c < 2^28: with I the double next to 1 / d and q = (c I + 2^52) - 2^52, d divides c if
/// and only if q d = c.
///   Proof. q is an integer, as every double from 2^52 to 2^53 is, and q d < 2^53 is exact: q d = c implies that d divides c.
///   The other way round, let c = k d. I and the product c I are rounded, each by at most 2^-53 of its value, so that c I
///   differs from k < 2^27 by less than 2^-24. Then k + 2^52 is the double next to c I + 2^52, and q = k. A compiler that
///   fuses a multiplication with an addition leaves out a rounding, which changes nothing in this.
///
/// `Kernel` has the two vector types `Words` and `Doubles` of an instruction set. It must have internal linkage: then all
/// that is instantiated here has it too, and the linker cannot take code for a newer processor as the one definition of an
/// inline function for the whole program. For the same reason nothing of the standard library is called.
template <typename Kernel>
class TunedSearch {  // NOLINT(*-member-init): blocks_ says how many reciprocals have been written
public:
  /// The n-th prime, for 1 <= n <= `max_n_ceiling`.
  [[nodiscard]] static std::uint32_t nth_prime(std::uint32_t n) noexcept {
    std::uint32_t found = 0;
    for (std::uint32_t candidate = 2; candidate < batches_begin; ++candidate) {
      if (is_prime_one_by_one(candidate) && ++found == n) {
        return candidate;
      }
    }
    TunedSearch search;
    for (std::uint32_t first = batches_begin;; first += batch_candidates) {
      Batch primes = search.primes_of_batch(first);
      const auto count = static_cast<std::uint32_t>(__builtin_popcountll(primes));
      if (found + count >= n) {
        while (++found < n) {
          primes &= primes - 1;
        }
        return first + lowest(primes);
      }
      found += count;
    }
  }

  [[nodiscard]] static bool is_prime(std::uint32_t candidate) noexcept {
    if (candidate < batches_begin) {
      return is_prime_one_by_one(candidate);
    }
    const std::uint32_t place = candidate % batch_candidates;
    TunedSearch search;
    return (search.primes_of_batch(candidate - place) >> place & Batch{1}) != 0;
  }

private:
  // NOLINTBEGIN(readability-redundant-typename): clang before 16 does not know that C++20 can do without
  using Words = typename Kernel::Words;
  using Doubles = typename Kernel::Doubles;
  // NOLINTEND(readability-redundant-typename)

  /// Bit i stands for the candidate `first` + i of a batch.
  using Batch = std::uint64_t;
  static constexpr std::uint32_t batch_candidates = 64;

  /// Smaller candidates could meet themselves as a divisor, because blocks reach beyond the square root.
  static constexpr std::uint32_t batches_begin = 128;

  static constexpr std::uint32_t first_block_last = 7;
  static constexpr std::uint32_t block_divisors = 64;
  static_assert(first_block_last + block_divisors < batches_begin);
  static_assert(batches_begin % batch_candidates == 0);

  /// From here on divisors are doubles. The square root of what is below is at most 1448.
  static constexpr std::uint32_t doubles_begin = 0x20'0000;  // 2^21
  static constexpr std::uint32_t words_root = 1448;
  static_assert(std::uint64_t{words_root + 1} * (words_root + 1) > doubles_begin);
  static_assert(doubles_begin % batch_candidates == 0);

  static constexpr std::size_t blocks_max = (words_root - first_block_last - 1) / block_divisors + 1;
  static constexpr std::uint64_t words_divisor_max = first_block_last + blocks_max * block_divisors;
  static constexpr std::uint64_t two_to_32 = 0x1'0000'0000;
  static_assert((doubles_begin + words_divisor_max) * words_divisor_max <= two_to_32);
  static_assert((std::uint64_t{tuned_candidates_end} + first_block_last) * first_block_last <= two_to_32);

  /// There are 14,630,843 primes below 2^28 (OEIS A007053).
  static_assert(max_n_ceiling <= 14'630'843 && tuned_candidates_end == 0x1000'0000);

  [[nodiscard]] static bool is_prime_one_by_one(std::uint32_t candidate) noexcept {
    for (std::uint32_t divisor = 2; divisor * divisor <= candidate; ++divisor) {
      if (candidate % divisor == 0) {
        return false;
      }
    }
    return true;
  }

  /// ceil(2^32 / divisor), for divisor >= 2.
  [[nodiscard]] static constexpr std::uint32_t reciprocal(std::uint32_t divisor) noexcept {
    return ~std::uint32_t{0} / divisor + 1;
  }

  [[nodiscard]] static std::uint32_t lowest(Batch batch) noexcept { return static_cast<std::uint32_t>(__builtin_ctzll(batch)); }

  [[nodiscard]] Batch primes_of_batch(std::uint32_t first) noexcept {
    const std::uint32_t last = first + (batch_candidates - 1);
    Batch remaining = after_first_block(first);
    if (first < doubles_begin) {
      reach_square_root(last);
      for (std::size_t block = 0; block < blocks_; ++block) {
        remaining = after_block_of_words(first, remaining, reciprocals_ + block * block_divisors);
      }
    } else {
      for (std::uint32_t divisor = first_block_last + 1; divisor * divisor <= last; divisor += block_divisors) {
        remaining = after_block_of_doubles(first, remaining, divisor);
      }
    }
    return remaining;
  }

  [[nodiscard]] static Batch after_first_block(std::uint32_t first) noexcept {
    Batch remaining = 0;
    for (std::uint32_t place = 0; place < batch_candidates; place += Words::lanes) {
      const auto candidates = Words::consecutive(first + place);
      auto undivided = Words::undivided(candidates, Words::all(reciprocal(2)));
      for (std::uint32_t divisor = 3; divisor <= first_block_last; ++divisor) {
        undivided = Words::both(undivided, Words::undivided(candidates, Words::all(reciprocal(divisor))));
      }
      remaining |= Batch{Words::bits(undivided)} << place;
    }
    return remaining;
  }

  /// Adds blocks of reciprocals until their divisors include the square root of `candidate`.
  void reach_square_root(std::uint32_t candidate) noexcept {
    for (;; ++blocks_) {
      const auto divisor = static_cast<std::uint32_t>(first_block_last + 1 + blocks_ * block_divisors);
      if (divisor * divisor > candidate) {
        return;
      }
      for (std::uint32_t i = 0; i < block_divisors; ++i) {
        reciprocals_[blocks_ * block_divisors + i] = reciprocal(divisor + i);
      }
    }
  }

  [[nodiscard]] static Batch after_block_of_words(std::uint32_t first, Batch candidates,
                                                  const std::uint32_t* reciprocals) noexcept {
    Batch remaining = 0;
    for (; candidates != 0; candidates &= candidates - 1) {
      const std::uint32_t place = lowest(candidates);
      const auto candidate = Words::all(first + place);
      auto undivided = Words::undivided(candidate, Words::load(reciprocals));
      for (std::uint32_t i = Words::lanes; i < block_divisors; i += Words::lanes) {
        undivided = Words::both(undivided, Words::undivided(candidate, Words::load(reciprocals + i)));
      }
      remaining |= Batch{Words::every(undivided)} << place;
    }
    return remaining;
  }

  /// The reciprocals of so many divisors would fill the first-level cache; for one block they are made anew for each batch.
  [[nodiscard]] static Batch after_block_of_doubles(std::uint32_t first, Batch candidates, std::uint32_t divisor) noexcept {
    constexpr std::uint32_t vectors = block_divisors / Doubles::lanes;
    typename Doubles::Vector divisors[vectors];     // NOLINT(*-avoid-c-arrays): see the class
    typename Doubles::Vector reciprocals[vectors];  // NOLINT(*-avoid-c-arrays)
    for (std::uint32_t i = 0; i < vectors; ++i) {
      divisors[i] = Doubles::consecutive(divisor + i * Doubles::lanes);
      reciprocals[i] = Doubles::reciprocal(divisors[i]);
    }
    Batch remaining = 0;
    for (; candidates != 0; candidates &= candidates - 1) {
      const std::uint32_t place = lowest(candidates);
      const auto candidate = Doubles::all(first + place);
      auto undivided = Doubles::undivided(candidate, divisors[0], reciprocals[0]);
      for (std::uint32_t i = 1; i < vectors; ++i) {
        undivided = Doubles::both(undivided, Doubles::undivided(candidate, divisors[i], reciprocals[i]));
      }
      remaining |= Batch{Doubles::every(undivided)} << place;
    }
    return remaining;
  }

  std::size_t blocks_ = 0;
  alignas(64) std::uint32_t reciprocals_[blocks_max * block_divisors];  // NOLINT(*-avoid-c-arrays): see the class
};

}  // namespace primebench
