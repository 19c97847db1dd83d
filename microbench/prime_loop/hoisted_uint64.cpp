#include <cstdint>

#include "prime_loop/hoisted.hpp"

namespace primebench::microbench {
namespace {

[[maybe_unused]] const bool registered = register_prime_loop<Hoisted<std::uint64_t>>("hoisted_uint64");

}  // namespace
}  // namespace primebench::microbench
