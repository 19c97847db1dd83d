#include "primebench/http/response.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>

namespace primebench {
namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, std::numeric_limits<std::size_t>::digits10 + 1> digits;  // NOLINT(*-member-init): written next
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

std::string_view connection_field(Persistence persistence) noexcept {
  switch (persistence) {
    case Persistence::implied:
      return "";
    case Persistence::keep_alive:
      return "\r\nConnection: keep-alive";
    case Persistence::close:
      return "\r\nConnection: close";
  }
  return "";
}

/// All fields from `Date` on, the empty line, and the content.
void append_rest(std::string& out, const AnswerContext& context, std::string_view content_type, std::string_view content) {
  out.append("Date: ").append(context.date);
  out.append("\r\nContent-Type: ").append(content_type);
  out.append("\r\nContent-Length: ");
  append_number(out, content.size());
  out.append(connection_field(context.persistence));
  out.append("\r\n\r\n");
  if (!context.omit_content) {
    out.append(content);
  }
}

}  // namespace

void append_ok(std::string& out, const AnswerContext& context, std::string_view json) {
  out.append("HTTP/1.1 200 OK\r\n");
  append_rest(out, context, "application/json", json);
}

void append_problem(std::string& out, const AnswerContext& context, const Problem& problem) {
  std::string content;
  append_problem_body(content, problem);
  out.append("HTTP/1.1 ");
  append_number(out, problem.status);
  out.append(" ").append(problem.title).append("\r\n");
  if (!problem.allow.empty()) {
    out.append("Allow: ").append(problem.allow).append("\r\n");
  }
  append_rest(out, context, "application/problem+json", content);
}

}  // namespace primebench
