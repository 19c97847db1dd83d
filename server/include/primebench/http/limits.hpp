#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace primebench {

/// What HTTP grants a client. Each is a flag; the defaults are the contract's.
struct Limits {
  std::uint32_t header_bytes = 8'192;      ///< of the request line, and of the header section
  std::uint32_t body_bytes = 4'096;        ///< unless the handler allows a request more
  std::uint32_t requests = 0;              ///< a connection; 0: no limit
  std::chrono::seconds header_timeout{5};  ///< from a request's first byte to the end of its header section
  std::chrono::seconds body_timeout{5};    ///< from there to the end of the body
  std::chrono::seconds idle_timeout{60};   ///< from a response to the first byte of the next request; empty lines are none
};

/// What a chunked body of that many bytes may take on the wire. One of one-byte chunks takes six times its content; the rest is
/// room for chunk extensions and trailers, which RFC 9112 section 7.1.1 asks to be bounded.
[[nodiscard]] constexpr std::size_t chunked_wire_bytes(std::uint32_t body_bytes) noexcept {
  return std::size_t{body_bytes} * 16;
}

/// How long the handler may take before the responses so far are sent and other connections get their turn, before the next of
/// a row of pipelined requests is looked at.
inline constexpr std::chrono::milliseconds handler_turn{1};

/// And how long the responses so far may be: short requests may have long responses, and a client may read none of them.
inline constexpr std::size_t response_turn_bytes = 65'536;

}  // namespace primebench
