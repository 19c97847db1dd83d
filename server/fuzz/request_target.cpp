#include <cstddef>
#include <cstdint>

#include "request_property.hpp"

/// What libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are chars
  primebench::check_request({reinterpret_cast<const char*>(data), size});
  return 0;
}
