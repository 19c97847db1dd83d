#include "options.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <sstream>

namespace primebench::load {

std::variant<Options, EndAtOnce> parse_options(std::span<char* const> arguments) {
  Options options;
  std::int64_t duration_ms = 0;
  std::int64_t patience_ms = options.patience.count();
  std::int64_t spin_us = 0;
  CLI::App app{"Send prepared requests to an HTTP server, and write a row for each response.", "primebench-load"};
  app.add_option("--host", options.host, "Address of the server")->capture_default_str();
  auto* const port = app.add_option("--port", options.port, "Port of the server");
  auto* const unix_socket = app.add_option("--unix", options.unix_socket, "Path of a Unix socket");
  port->excludes(unix_socket);
  app.add_option("--requests", options.requests, "File of prepared requests")->required();
  app.add_option("--rows", options.rows, "File that rows are written to")->required();
  app.add_option("--connections", options.connections, "Connections")->check(CLI::Range(1, 100'000))->capture_default_str();
  app.add_option("--threads", options.threads, "Threads")->check(CLI::Range(1, 1024))->capture_default_str();
  auto* const duration = app.add_option("--duration-ms", duration_ms, "Closed loop: how long requests are sent");
  duration->check(CLI::PositiveNumber);
  auto* const rate = app.add_option("--rate", options.rate_per_s, "Open loop: requests per second");
  rate->check(CLI::PositiveNumber)->excludes(duration);
  auto* const count = app.add_option("--count", options.count, "Open loop: how many requests")->check(CLI::PositiveNumber);
  count->needs(rate)->excludes(duration);
  rate->needs(count);
  app.add_option("--patience-ms", patience_ms, "How long after the load's end responses may come")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--spin-us", spin_us, "Open loop: how long before a request is due the processor is not let go")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_flag("--tls", options.tls, "Speak TLS");
  app.add_option("--ca", options.authority, "File of certificates to trust; without, any is")->needs("--tls");
  app.add_flag("--reconnect", options.reconnects, "A connection for each request");
  app.add_option("--parts", options.parts, "How many generators send the requests together; rate and count are of all")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--part", options.part, "Which of them this is, from 0")->check(CLI::Range(0, 1023))->capture_default_str();
  app.add_option("--start-at-ns", options.start_at_ns, "When the load begins, by the monotonic clock; 0 is at once")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
    if (port->empty() && unix_socket->empty()) {
      throw CLI::RequiredError{"--port or --unix"};
    }
    if (duration->empty() && rate->empty()) {
      throw CLI::RequiredError{"--duration-ms or --rate"};
    }
    if (options.part >= options.parts) {
      throw CLI::ValidationError{"--part", "expected less than --parts"};
    }
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream errors;
    const int code = app.exit(error, out, errors);
    const bool is_help = code == 0;
    return EndAtOnce{.exit_code = is_help ? 0 : 2,
                     .text = is_help ? out.str() : std::string{"primebench-load: "} + error.what()};
  }
  options.duration = std::chrono::milliseconds{duration_ms};
  options.patience = std::chrono::milliseconds{patience_ms};
  options.spin = std::chrono::microseconds{spin_us};
  return options;
}

}  // namespace primebench::load
