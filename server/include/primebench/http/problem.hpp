#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace primebench {

/// An error response (RFC 9457 problem details, `type` left out: `about:blank`). Texts are constants of this program, never
/// bytes of a request, and need no escaping in JSON.
struct Problem {
  std::uint16_t status;
  std::string_view title;  ///< the reason phrase too (RFC 9457 section 4.2.1)
  std::string_view detail;
  std::string_view allow;  ///< the value of `Allow` (RFC 9110 section 10.2.1); empty: no such field
};

namespace problems {

inline constexpr Problem malformed_request{400, "Bad Request", "the request is not well-formed HTTP/1.1", ""};
inline constexpr Problem bad_host{400, "Bad Request", "an HTTP/1.1 request needs exactly one valid Host field", ""};
inline constexpr Problem bad_framing{400, "Bad Request",
                                     "Transfer-Encoding must be chunked, given once, in HTTP/1.1, without Content-Length", ""};
inline constexpr Problem timed_out{408, "Request Timeout", "the request did not arrive in time", ""};
inline constexpr Problem body_too_large{413, "Content Too Large", "the body is over the limit", ""};
inline constexpr Problem target_too_long{414, "URI Too Long", "the request line is over the limit", ""};
inline constexpr Problem head_too_large{431, "Request Header Fields Too Large", "the header section is over the limit", ""};
inline constexpr Problem unknown_coding{501, "Not Implemented", "the only transfer coding understood is chunked", ""};
inline constexpr Problem version_not_served{505, "HTTP Version Not Supported", "the versions are HTTP/1.1 and HTTP/1.0", ""};

}  // namespace problems

/// Appends the body, `{"title":...,"status":...,"detail":...}`.
void append_problem_body(std::string& out, const Problem& problem);

}  // namespace primebench
