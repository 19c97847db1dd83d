#include "primebench/http/response.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>

namespace primebench {
namespace {

constexpr std::string_view ok_until_date = "HTTP/1.1 200 OK\r\nDate: ";

void append_number(std::string& out, std::size_t number) {
  std::array<char, std::numeric_limits<std::size_t>::digits10 + 1> digits;  // NOLINT(*-member-init): written next
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// The field that says it, if one has to, and the empty line.
std::string_view header_end(Persistence persistence) noexcept {
  switch (persistence) {
    case Persistence::implied:
      break;
    case Persistence::keep_alive:
      return "\r\nConnection: keep-alive\r\n\r\n";
    case Persistence::close:
      return "\r\nConnection: close\r\n\r\n";
  }
  return "\r\n\r\n";
}

/// All from the value of `Date` on. `type_field` is what stands between that and the value of `Content-Length`: in one piece,
/// because pieces cost more than characters.
void append_rest(std::string& out, const ResponseContext& context, std::string_view type_field, std::string_view content) {
  out.append(context.date).append(type_field);
  append_number(out, content.size());
  out.append(header_end(context.persistence));
  if (!context.omit_content) {
    out.append(content);
  }
}

}  // namespace

void append_ok(std::string& out, const ResponseContext& context, std::string_view json) {
  out.append(ok_until_date);
  append_rest(out, context, "\r\nContent-Type: application/json\r\nContent-Length: ", json);
}

void append_text(std::string& out, const ResponseContext& context, std::string_view text) {
  out.append(ok_until_date);
  append_rest(out, context, "\r\nContent-Type: text/plain\r\nContent-Length: ", text);
}

void append_problem(std::string& out, const ResponseContext& context, const Problem& problem) {
  std::string content;
  append_problem_body(content, problem);
  out.append("HTTP/1.1 ");
  append_number(out, problem.status);
  out.append(" ").append(problem.title).append("\r\n");
  if (!problem.allow.empty()) {
    out.append("Allow: ").append(problem.allow).append("\r\n");
  }
  out.append("Date: ");
  append_rest(out, context, "\r\nContent-Type: application/problem+json\r\nContent-Length: ", content);
}

}  // namespace primebench
