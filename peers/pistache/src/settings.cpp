#include "settings.hpp"

#include <arpa/inet.h>
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace {

std::uint32_t number(std::string_view flag, std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stopped != text.data() + text.size() || value < least || value > most) {
    throw Refused(std::string(flag) + ": expected a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

std::string address(std::string_view text) {
  const std::string host(text);
  unsigned char parsed[sizeof(in6_addr)];
  if (inet_pton(AF_INET, host.c_str(), parsed) != 1 && inet_pton(AF_INET6, host.c_str(), parsed) != 1) {
    throw Refused("--host: expected an IP address");
  }
  return host;
}

int processors() {
  cpu_set_t own;
  return sched_getaffinity(0, sizeof own, &own) == 0 ? std::clamp(CPU_COUNT(&own), 1, 1'024) : 1;
}

}  // namespace

std::optional<Settings> read_settings(std::span<const char* const> arguments) {
  Settings settings;
  settings.threads = processors();
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string_view flag = arguments[i];
    const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (flag == "--help") return std::nullopt;
    if (flag == "--host") {
      settings.host = address(value);
    } else if (flag == "--port") {
      settings.port = static_cast<std::uint16_t>(number(flag, value, 0, 65'535));
    } else if (flag == "--threads") {
      settings.threads = static_cast<int>(number(flag, value, 1, 1'024));
    } else if (flag == "--max-n") {
      settings.max_n = number(flag, value, 1, 10'000'000);
    } else {
      throw Refused("expected one of --host, --port, --threads, --max-n, not " + std::string(flag.substr(0, flag.find('\n'))));
    }
  }
  return settings;
}
