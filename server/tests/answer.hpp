#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primebench {

/// An answer as a client sees it, read without any of the server's code.
struct Answer {
  int status = 0;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string content;

  /// The value of the field, or "" if there is none. A field that comes twice fails the test.
  [[nodiscard]] std::string field(std::string_view name) const;

  friend bool operator==(const Answer&, const Answer&) = default;
};

std::ostream& operator<<(std::ostream& out, const Answer& answer);

enum class Content : std::uint8_t { follows, omitted };

/// Takes one answer off the front of `bytes`; std::nullopt if they do not begin with a whole well-formed one.
std::optional<Answer> take_answer(std::string_view& bytes, Content content = Content::follows);

/// `bytes` as answers with their content. Anything else among them fails the test.
std::vector<Answer> read_answers(std::string_view bytes);

/// Expects `{"n":N,"prime":P,"duration":"..."}`, the duration as the contract writes it.
void expect_prime(const Answer& answer, std::uint32_t n, std::uint32_t prime);

/// Expects an RFC 9457 problem of this status, its title the reason phrase.
void expect_problem(const Answer& answer, int status, std::string_view title);

/// `answer` as it would be had its calculation taken no time: equal for equal requests.
Answer without_duration(Answer answer);

}  // namespace primebench
