#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "primebench/prime.hpp"

namespace primebench {

/// What the command line says.
struct Options {
  boost::asio::ip::address host;
  std::uint16_t port;
  std::uint32_t threads;
  std::uint32_t max_n;
  Tier tier;
};

/// The program is to end without serving.
struct EndAtOnce {
  int exit_code;
  std::string text;  ///< for standard output if the exit code is 0, else one line for standard error
};

[[nodiscard]] std::variant<Options, EndAtOnce> parse_options(std::span<const char* const> arguments);

}  // namespace primebench
