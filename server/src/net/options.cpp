#include "options.hpp"

#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>

#include "primebench/app/prime.hpp"
#include "primebench/app/prime_tuned.hpp"

namespace primebench {
namespace {

constexpr int exit_bad_usage = 2;
constexpr std::uint32_t threads_max = 1'024;
constexpr std::string_view reference_name = "reference";
constexpr std::string_view tuned_name = "tuned";
constexpr std::string_view fastest_name = "fastest";

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

/// The one of that name, or nullptr.
const TunedImplementation* tuned_named(std::string_view name) {
  const auto all = tuned_implementations();
  const auto found = std::ranges::find(all, name, &TunedImplementation::instruction_set);
  return found == all.end() ? nullptr : &*found;
}

CLI::Validator instruction_set_name() {
  const auto check = [](const std::string& text) -> std::string {
    if (text == fastest_name) {
      return {};
    }
    if (const TunedImplementation* const found = tuned_named(text)) {
      return found->supported ? "" : "this processor has no " + text;
    }
    std::string expected = "expected fastest";
    for (const TunedImplementation& one : tuned_implementations()) {
      expected.append(", ").append(one.instruction_set);
    }
    return expected;
  };
  return {check, "NAME"};
}

std::uint32_t number(const std::string& checked_digits) { return static_cast<std::uint32_t>(std::stoul(checked_digits)); }

std::string digits_of(std::integral auto value) { return std::to_string(value); }
std::string digits_of(std::chrono::seconds value) { return std::to_string(value.count()); }

/// A flag for a whole number; `target` has its default and gets what is given.
template <typename Target>
void add_number(CLI::App& app, const char* name, Target& target, Range range, const char* help) {
  const auto set = [&target](const std::string& checked_digits) { target = static_cast<Target>(number(checked_digits)); };
  app.add_option_function<std::string>(name, set, help)->check(decimal_in(range))->default_str(digits_of(target));
}

/// Control characters of an argument must not break the line it is quoted in.
std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

}  // namespace

std::variant<Options, EndAtOnce> parse_options(std::span<const char* const> arguments) {
  std::string host = "127.0.0.1";
  std::string tier{reference_name};
  std::string instruction_set{fastest_name};
  Options options;
  options.threads = usable_processors();

  CLI::App app{"The reference service of primebench: the n-th prime over HTTP, with Boost.Beast.", "primebench-cpp"};
  app.add_option("--host", host, "address to listen on")->check(ip_address())->capture_default_str();
  add_number(app, "--port", options.port, {.first = 0, .last = 65'535}, "port to listen on; 0 takes a free one");
  add_number(app, "--threads", options.threads, {.first = 1, .last = threads_max}, "threads that serve requests");
  add_number(app, "--max-n", options.max_n, {.first = 1, .last = max_n_ceiling}, "largest n answered");
  app.add_option("--tier", tier, "reference, or tuned: the same divisors, several at a time")
      ->check(tier_name())
      ->capture_default_str();
  app.add_option("--instruction-set", instruction_set, "for --tier tuned: fastest, or one by name")
      ->check(instruction_set_name())
      ->capture_default_str();
  add_number(app, "--offload", options.offload, {.first = 0, .last = threads_max},
             "threads of a pool that calculates; 0 calculates where the request was read");
  Limits& limits = options.limits;
  add_number(app, "--max-connections", options.max_connections, {.first = 1, .last = 1'000'000},
             "connections open at a time; more wait until one ends");
  add_number(app, "--max-header-bytes", limits.header_bytes, {.first = 256, .last = 65'536},
             "largest request line, and largest header section");
  add_number(app, "--max-body-bytes", limits.body_bytes, {.first = 1, .last = 1'048'576}, "largest body");
  add_number(app, "--max-requests", limits.requests, {.first = 0, .last = 4'000'000'000},
             "requests that a connection may make; 0 is no limit");
  constexpr Range seconds{.first = 1, .last = 3'600};
  add_number(app, "--header-timeout", limits.header_timeout, seconds,
             "seconds from a request's first byte to the end of its header section");
  add_number(app, "--body-timeout", limits.body_timeout, seconds,
             "seconds from the end of a header section to the end of the body");
  add_number(app, "--idle-timeout", limits.idle_timeout, seconds, "seconds between requests");
  add_number(app, "--write-timeout", options.write_timeout, seconds,
             "seconds that a client may take to read the responses to what it sent at once");
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::CallForHelp&) {
    return EndAtOnce{.exit_code = 0, .text = app.help()};
  } catch (const CLI::ParseError& error) {
    return EndAtOnce{.exit_code = exit_bad_usage,
                     .text = one_line(std::string{"primebench-cpp: "} + error.what() + "; try --help")};
  }
  options.host = boost::asio::ip::make_address(host);
  if (tier == tuned_name) {
    options.tuned = instruction_set == fastest_name ? &fastest_tuned() : tuned_named(instruction_set);
  }
  return options;
}

}  // namespace primebench
