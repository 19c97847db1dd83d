#include "cases.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "cases_of_source.hpp"

namespace primebench::microbench {
namespace {

using boost::json::value;
using boost::json::value_to;

PrimeLoopCase prime_loop_case(const value& one) {
  return {.n = value_to<std::uint32_t>(one.at("n")),
          .prime = value_to<std::uint32_t>(one.at("prime")),
          .divisions = value_to<std::uint64_t>(one.at("divisions"))};
}

JsonDecodeCase json_decode_case(const value& one) {
  const value& n = one.at("n");
  return {.name = value_to<std::string>(one.at("name")),
          .body = value_to<std::string>(one.at("body")),
          .n = n.is_null() ? 0 : value_to<std::uint32_t>(n)};
}

JsonEncodeCase json_encode_case(const value& one) {
  return {.name = value_to<std::string>(one.at("name")),
          .n = value_to<std::uint32_t>(one.at("n")),
          .prime = value_to<std::uint32_t>(one.at("prime")),
          .elapsed = std::chrono::nanoseconds{value_to<std::int64_t>(one.at("elapsed_ns"))},
          .text = value_to<std::string>(one.at("text"))};
}

RequestPathCase request_path_case(const value& one) {
  return {.name = value_to<std::string>(one.at("name")),
          .request = value_to<std::string>(one.at("request")),
          .status = value_to<unsigned>(one.at("status"))};
}

template <typename Case>
std::vector<Case> every(const value& list, Case (*read)(const value&)) {
  std::vector<Case> cases;
  for (const value& one : list.as_array()) {
    cases.push_back(read(one));
  }
  return cases;
}

Cases read_cases() {
  const char* const given = std::getenv("PRIMEBENCH_CASES");  // NOLINT(concurrency-mt-unsafe): before any thread
  const std::string path = given == nullptr ? cases_of_source : given;
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    throw std::runtime_error{path + ": cannot be read; PRIMEBENCH_CASES must name microbench/cases.json"};
  }
  try {
    const value all = boost::json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
    return {.prime_loop = every(all.at("prime_loop"), prime_loop_case),
            .json_decode = every(all.at("json_decode"), json_decode_case),
            .json_encode = every(all.at("json_encode"), json_encode_case),
            .request_path = every(all.at("request_path"), request_path_case)};
  } catch (const std::exception& error) {
    throw std::runtime_error{path + ": " + error.what()};
  }
}

}  // namespace

const Cases& cases() {
  static const Cases read = read_cases();
  return read;
}

}  // namespace primebench::microbench
