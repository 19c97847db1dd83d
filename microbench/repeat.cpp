// One operation, so many times, and nothing else: the instructions of twice as many, less those of as many, are its own.
//
//   primebench-repeat --list
//   primebench-repeat json_decode/served/article 200

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "benchmark.hpp"

/// The C++ library's clocks ask here, as this program defines what else the C library would: a reply has the time that its
/// calculation took in it, and must have as many digits in every run. Time goes on by 100 ns a question.
// NOLINTNEXTLINE(*-inconsistent-declaration-parameter-name): the C library's names are reserved ones
extern "C" int clock_gettime(clockid_t /*clock*/, timespec* now) {
  static long asked = 0;  // NOLINT(google-runtime-int): tv_nsec is one
  *now = {.tv_sec = 1'000'000, .tv_nsec = ++asked * 100 % 1'000'000'000};
  return 0;
}

namespace primebench::microbench {
namespace {

constexpr int exit_bad_usage = 2;

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stopped_at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && stopped_at == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

int run(const std::vector<std::string_view>& arguments) {
  const std::vector<Benchmark> benchmarks = all_benchmarks();
  if (arguments.size() == 1 && arguments[0] == "--list") {
    for (const Benchmark& one : benchmarks) {
      std::cout << one.name << '\n';
    }
    return EXIT_SUCCESS;
  }
  if (arguments.size() == 2) {
    const auto found = std::ranges::find(benchmarks, arguments[0], &Benchmark::name);
    const auto times = number_in(arguments[1]);
    if (found != benchmarks.end() && times) {
      found->repeat(*times);
      return EXIT_SUCCESS;
    }
  }
  std::cerr << "primebench-repeat: expected --list, or a name that it shows and how often\n";
  return exit_bad_usage;
}

}  // namespace
}  // namespace primebench::microbench

int main(int argc, char* argv[]) {
  try {
    return primebench::microbench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "primebench-repeat: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
