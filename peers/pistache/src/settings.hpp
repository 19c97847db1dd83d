#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

inline constexpr const char* program = "primebench-pistache";

/// What the flags say.
struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  int threads = 1;
  std::uint32_t max_n = 100'000;
};

/// What is wrong with the command line, in one line.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads the arguments behind the program's name; nothing where help is asked for. Of a flag that is given twice the last
/// counts. Throws Refused.
std::optional<Settings> read_settings(std::span<const char* const> arguments);
