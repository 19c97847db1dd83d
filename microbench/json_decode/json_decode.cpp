#include "json_decode/json_decode.hpp"

namespace primebench::microbench {

std::string fault_of_decoding(std::uint32_t read, std::uint32_t expected) {
  if (read == expected) {
    return {};
  }
  const auto said = [](std::uint32_t n) { return n == 0 ? std::string{"nothing"} : "n = " + std::to_string(n); };
  return "reads " + said(read) + " where there is " + said(expected);
}

}  // namespace primebench::microbench
