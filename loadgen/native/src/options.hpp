#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

namespace primebench::load {

/// What is asked for: a closed loop for a time, or with a rate an open one of so many requests.
struct Options {
  std::string host = "127.0.0.1";
  std::string port;
  /// Path of a Unix socket in place of host and port.
  std::string unix_socket;
  std::string requests;
  std::string rows;
  std::size_t connections = 1;
  std::size_t threads = 1;
  std::chrono::milliseconds duration{0};
  std::optional<double> rate_per_s;
  std::size_t count = 0;
  /// How long after the load's end responses may still come.
  std::chrono::milliseconds patience{60'000};
  bool tls = false;
  /// Certificates to trust; empty: whatever the server shows.
  std::string authority;
  /// An open loop looks for responses without sleeping so long before a request is due: being woken up takes time.
  std::chrono::microseconds spin{0};
  /// Every request on a connection of its own, whose making is part of its latency.
  bool reconnects = false;
  /// One of so many generators that together send one order: of its places every `parts`th, from `part` on.
  std::uint64_t part = 0;
  std::uint64_t parts = 1;
  /// When the load begins, by the monotonic clock; 0: at once.
  std::int64_t start_at_ns = 0;
};

/// Print the text and end: help, or what is wrong with the arguments.
struct EndAtOnce {
  int exit_code;
  std::string text;
};

std::variant<Options, EndAtOnce> parse_options(std::span<char* const> arguments);

}  // namespace primebench::load
