#include "options.hpp"

#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "primebench/prime.hpp"

namespace primebench {
namespace {

constexpr int exit_bad_usage = 2;
constexpr std::uint32_t threads_max = 1'024;
constexpr std::uint32_t default_port = 8'080;
constexpr std::uint32_t default_max_n = 100'000;
constexpr std::string_view reference_name = "reference";
constexpr std::string_view tuned_name = "tuned";

/// The processors that this process may use (its affinity, not the machine's size).
std::uint32_t usable_processors() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) {
    return 1;
  }
  return std::clamp<std::uint32_t>(static_cast<std::uint32_t>(CPU_COUNT(&set)), 1, threads_max);
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// Takes plain decimal digits only; CLI11 itself would take `0x50` and read `010` as octal.
CLI::Validator decimal_in(Range range) {
  const auto check = [range](const std::string& text) -> std::string {
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped_at, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc{} && stopped_at == end && value >= range.first && value <= range.last) {
      return {};
    }
    return "expected a whole number from " + std::to_string(range.first) + " to " + std::to_string(range.last);
  };
  return {check, "NUMBER"};
}

CLI::Validator ip_address() {
  const auto check = [](const std::string& text) -> std::string {
    boost::system::error_code error;
    boost::asio::ip::make_address(text, error);
    return error ? "expected an IPv4 or IPv6 address" : "";
  };
  return {check, "ADDRESS"};
}

CLI::Validator tier_name() {
  const auto check = [](const std::string& text) -> std::string {
    return text == reference_name || text == tuned_name ? "" : "expected reference or tuned";
  };
  return {check, "TIER"};
}

std::uint32_t number(const std::string& checked_digits) { return static_cast<std::uint32_t>(std::stoul(checked_digits)); }

/// Control characters of an argument must not break the line it is quoted in.
std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

}  // namespace

std::variant<Options, EndAtOnce> parse_options(std::span<const char* const> arguments) {
  std::string host = "127.0.0.1";
  std::string port = std::to_string(default_port);
  std::string threads = std::to_string(usable_processors());
  std::string max_n = std::to_string(default_max_n);
  std::string tier{reference_name};

  CLI::App app{"The reference service of primebench: the n-th prime over HTTP, with Boost.Beast.", "primebench-cpp"};
  app.add_option("--host", host, "address to listen on")->check(ip_address())->capture_default_str();
  app.add_option("--port", port, "port to listen on; 0 takes a free one")
      ->check(decimal_in({.first = 0, .last = 65'535}))
      ->capture_default_str();
  app.add_option("--threads", threads, "threads that serve requests")
      ->check(decimal_in({.first = 1, .last = threads_max}))
      ->capture_default_str();
  app.add_option("--max-n", max_n, "largest n answered")
      ->check(decimal_in({.first = 1, .last = max_n_ceiling}))
      ->capture_default_str();
  app.add_option("--tier", tier, "reference, or tuned: the same divisors, several at a time")
      ->check(tier_name())
      ->capture_default_str();
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::CallForHelp&) {
    return EndAtOnce{.exit_code = 0, .text = app.help()};
  } catch (const CLI::ParseError& error) {
    return EndAtOnce{.exit_code = exit_bad_usage,
                     .text = one_line(std::string{"primebench-cpp: "} + error.what() + "; try --help")};
  }
  return Options{.host = boost::asio::ip::make_address(host),
                 .port = static_cast<std::uint16_t>(number(port)),
                 .threads = number(threads),
                 .max_n = number(max_n),
                 .tier = tier == tuned_name ? Tier::tuned : Tier::reference};
}

}  // namespace primebench
