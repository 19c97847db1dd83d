#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "primebench/http/problem.hpp"

namespace primebench {

/// What the response says of the connection (RFC 9112 section 9.3).
enum class Persistence : std::uint8_t {
  implied,     ///< stays open, as HTTP/1.1 does unless told otherwise
  keep_alive,  ///< stays open, and an HTTP/1.0 client is told so
  close,
};

/// What every response has in common.
struct ResponseContext {
  std::string_view date;
  Persistence persistence = Persistence::implied;
  bool omit_content = false;  ///< the response to HEAD: the header of GET, no content (RFC 9110 section 9.3.2)
};

/// Appends a whole `200` with JSON content.
void append_ok(std::string& out, const ResponseContext& context, std::string_view json);

/// Appends a whole `200` with plain text.
void append_text(std::string& out, const ResponseContext& context, std::string_view text);

/// Appends a whole error response.
void append_problem(std::string& out, const ResponseContext& context, const Problem& problem);

/// `100 Continue`: the client may send the body (RFC 9110 section 10.1.1).
inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace primebench
