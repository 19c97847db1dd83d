#pragma once

#include <cstdint>

/// The tuned tier for one instruction set each: one source file each, because each is compiled with its own flags.
namespace primebench::avx512 {
[[nodiscard]] std::uint32_t nth_prime(std::uint32_t n) noexcept;
[[nodiscard]] bool is_prime(std::uint32_t candidate) noexcept;
}  // namespace primebench::avx512

namespace primebench::avx2 {
[[nodiscard]] std::uint32_t nth_prime(std::uint32_t n) noexcept;
[[nodiscard]] bool is_prime(std::uint32_t candidate) noexcept;
}  // namespace primebench::avx2

namespace primebench::neon {
[[nodiscard]] std::uint32_t nth_prime(std::uint32_t n) noexcept;
[[nodiscard]] bool is_prime(std::uint32_t candidate) noexcept;
}  // namespace primebench::neon

namespace primebench::portable {
[[nodiscard]] std::uint32_t nth_prime(std::uint32_t n) noexcept;
[[nodiscard]] bool is_prime(std::uint32_t candidate) noexcept;
}  // namespace primebench::portable
