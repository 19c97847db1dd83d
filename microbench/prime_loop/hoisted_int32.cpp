#include <cstdint>

#include "prime_loop/hoisted.hpp"

namespace primebench::microbench {
namespace {

[[maybe_unused]] const bool registered = register_prime_loop<Hoisted<std::int32_t>>("hoisted_int32");

}  // namespace
}  // namespace primebench::microbench
