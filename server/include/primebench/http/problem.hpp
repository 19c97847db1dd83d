#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace primebench {

/// An error answer (RFC 9457 problem details, `type` left out: `about:blank`). Texts are constants of this program, never
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
inline constexpr Problem malformed_json{400, "Bad Request", "the body is not well-formed JSON", ""};
inline constexpr Problem not_an_object{400, "Bad Request", "the body is not a JSON object", ""};
inline constexpr Problem not_found{404, "Not Found", "the paths are /calculate and /health", ""};
inline constexpr Problem only_post{405, "Method Not Allowed", "/calculate takes POST", "POST"};
inline constexpr Problem only_get{405, "Method Not Allowed", "/health takes GET and HEAD", "GET, HEAD"};
inline constexpr Problem timed_out{408, "Request Timeout", "the request did not arrive in time", ""};
inline constexpr Problem body_too_large{413, "Content Too Large", "the body is over the limit", ""};
inline constexpr Problem target_too_long{414, "URI Too Long", "the request line is over the limit", ""};
inline constexpr Problem not_json{415, "Unsupported Media Type", "the content type must be application/json", ""};
inline constexpr Problem n_missing{422, "Unprocessable Content", "the object has no key named n", ""};
inline constexpr Problem n_not_an_integer{422, "Unprocessable Content", "n must be an integer, without fraction or exponent",
                                          ""};
inline constexpr Problem n_out_of_range{422, "Unprocessable Content", "n must be from 1 to the server's max-n", ""};
inline constexpr Problem head_too_large{431, "Request Header Fields Too Large", "the header section is over the limit", ""};
inline constexpr Problem unknown_coding{501, "Not Implemented", "the only transfer coding understood is chunked", ""};
inline constexpr Problem version_not_served{505, "HTTP Version Not Supported", "the versions are HTTP/1.1 and HTTP/1.0", ""};

}  // namespace problems

/// Appends the body, `{"title":...,"status":...,"detail":...}`.
void append_problem_body(std::string& out, const Problem& problem);

}  // namespace primebench
