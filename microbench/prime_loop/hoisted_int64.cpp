#include <cstdint>

#include "prime_loop/hoisted.hpp"

namespace primebench::microbench {
namespace {

[[maybe_unused]] const bool registered = register_prime_loop<Hoisted<std::int64_t>>("hoisted_int64");

}  // namespace
}  // namespace primebench::microbench
