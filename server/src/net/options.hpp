#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "primebench/app/prime_tuned.hpp"
#include "primebench/http/limits.hpp"

namespace primebench {

/// What the command line says.
struct Options {
  boost::asio::ip::address host;
  std::uint16_t port = 8'080;
  std::uint32_t threads = 1;
  std::uint32_t max_n = 100'000;
  const TunedImplementation* tuned = nullptr;  ///< nullptr: the reference tier
  std::uint32_t offload = 0;               ///< threads that calculate; 0: each request is calculated by the thread that read it
  std::uint32_t max_connections = 16'384;  ///< open at a time; more wait in the kernel's backlog
  std::chrono::seconds write_timeout{10};  ///< for the responses that are sent at once to be taken, all of them
  Limits limits;
};

/// The program is to end without serving.
struct EndAtOnce {
  int exit_code;
  std::string text;  ///< for standard output if the exit code is 0, else one line for standard error
};

[[nodiscard]] std::variant<Options, EndAtOnce> parse_options(std::span<const char* const> arguments);

}  // namespace primebench
