#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace primebench::microbench {

/// What is asked and what must be answered: the contents of cases.json, which the benchmarks of every language read.
struct PrimeLoopCase {
  std::uint32_t n;
  std::uint32_t prime;
  std::uint64_t divisions;  ///< of the reference tier
};

struct JsonDecodeCase {
  std::string name;
  std::string body;
  std::uint32_t n;  ///< 0: to be refused
};

struct JsonEncodeCase {
  std::string name;
  std::uint32_t n;
  std::uint32_t prime;
  std::chrono::nanoseconds elapsed;
  std::string text;
};

struct RequestPathCase {
  std::string name;
  std::string request;
  unsigned status;
};

struct Cases {
  std::vector<PrimeLoopCase> prime_loop;
  std::vector<JsonDecodeCase> json_decode;
  std::vector<JsonEncodeCase> json_encode;
  std::vector<RequestPathCase> request_path;
};

/// Read on first use, from the file that PRIMEBENCH_CASES names, or else from the source tree that was built. Throws
/// std::runtime_error that names the file.
[[nodiscard]] const Cases& cases();

}  // namespace primebench::microbench
