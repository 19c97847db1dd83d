#include "primebench/http/host.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "uri_characters.hpp"

namespace primebench {
namespace {

bool is_within_tcp_ports(std::string_view digits) noexcept {
  constexpr std::size_t always_within = 4;
  constexpr unsigned largest = 65'535;
  constexpr unsigned base = 10;
  if (digits.size() <= always_within) {
    return true;
  }
  unsigned port = 0;
  for (const char c : digits) {
    port = port * base + static_cast<unsigned>(c - '0');
    if (port > largest) {
      return false;
    }
  }
  return true;
}

/// Empty, or ":" and a port.
bool is_port_suffix(const char* at, const char* end) noexcept {
  if (at == end) {
    return true;
  }
  const char* const digits = at + 1;
  return *at == ':' && skip(digits, end, UriClass::digit) == end && is_within_tcp_ports({digits, end});
}

/// IPv6 addresses have no zone here: RFC 3986 knows none, and it would mean nothing on another machine.
bool is_ipv6_address(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) {
    return false;
  }
  text.copy(terminated.data(), text.size());
  in6_addr address{};
  // A NUL within the text would end it early.
  return text.find('\0') == std::string_view::npos && inet_pton(AF_INET6, terminated.data(), &address) == 1;
}

/// "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
bool is_ip_of_the_future(std::string_view text) noexcept {
  if (!text.starts_with('v') && !text.starts_with('V')) {
    return false;
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) {
    return false;
  }
  return std::ranges::all_of(text.substr(1, dot - 1), [](char c) { return is_in(c, UriClass::hex_digit); }) &&
         std::ranges::all_of(text.substr(dot + 1), [](char c) { return is_in(c, UriClass::reg_name) || c == ':' || c == ','; });
}

/// The length of an IP literal with its brackets; 0 if there is none.
std::size_t ip_literal_length(std::string_view text) noexcept {
  const auto end = text.find(']');
  if (end == std::string_view::npos) {
    return 0;
  }
  const std::string_view address = text.substr(1, end - 1);
  return is_ipv6_address(address) || is_ip_of_the_future(address) ? end + 1 : 0;
}

}  // namespace

bool is_host(std::string_view text) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* host_end = skip(begin, end, UriClass::reg_name);
  if (host_end != end && *host_end == '%') {
    host_end = skip_with_encoded(text, UriClass::reg_name);
  } else if (text.starts_with('[')) {
    host_end = begin + ip_literal_length(text);
  }
  return host_end != begin && is_port_suffix(host_end, end);
}

}  // namespace primebench
