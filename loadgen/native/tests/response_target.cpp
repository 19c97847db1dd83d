#include <cstddef>
#include <cstdint>

#include "response_property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  primebench::load::check_response({reinterpret_cast<const char*>(data), size});  // NOLINT
  return 0;
}
