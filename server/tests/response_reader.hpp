#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primebench {

/// A response as a client sees it, read without any of the server's code.
struct Response {
  int status = 0;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string content;

  /// The value of the field, or "" if there is none. A field that comes twice fails the test.
  [[nodiscard]] std::string field(std::string_view name) const;

  friend bool operator==(const Response&, const Response&) = default;
};

std::ostream& operator<<(std::ostream& out, const Response& response);

enum class Content : std::uint8_t { follows, omitted };

/// Takes one response off the front of `bytes`; std::nullopt if they do not begin with a whole well-formed one.
std::optional<Response> take_response(std::string_view& bytes, Content content = Content::follows);

/// `bytes` as responses with their content. Anything else among them fails the test.
std::vector<Response> read_responses(std::string_view bytes);

/// Expects `{"n":N,"prime":P,"duration":"..."}`, the duration as the contract writes it.
void expect_prime(const Response& response, std::uint32_t n, std::uint32_t prime);

/// Expects an RFC 9457 problem of this status, its title the reason phrase.
void expect_problem(const Response& response, int status, std::string_view title);

/// `response` as it would be had its calculation taken no time: equal for equal requests.
Response without_duration(Response response);

}  // namespace primebench
