#include "response_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <ostream>
#include <regex>

namespace primebench {
namespace {

std::optional<std::string_view> take_line(std::string_view& bytes) {
  const auto end = bytes.find("\r\n");
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + 2);
  return line;
}

std::optional<std::size_t> whole_number(std::string_view digits) {
  std::size_t value = 0;
  const char* const end = digits.data() + digits.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): from_chars takes a range
  const auto [stopped_at, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc{} && stopped_at == end ? std::optional{value} : std::nullopt;
}

bool take_status_line(std::string_view& bytes, Response& response) {
  constexpr std::string_view version = "HTTP/1.1 ";
  const auto line = take_line(bytes);
  if (!line || !line->starts_with(version) || line->size() < version.size() + 4 || (*line)[version.size() + 3] != ' ') {
    return false;
  }
  const auto status = whole_number(line->substr(version.size(), 3));
  response.status = static_cast<int>(status.value_or(0));
  response.reason = line->substr(version.size() + 4);
  return status.has_value();
}

bool take_fields(std::string_view& bytes, Response& response) {
  for (;;) {
    const auto line = take_line(bytes);
    if (!line) {
      return false;
    }
    if (line->empty()) {
      return true;
    }
    const auto colon = line->find(": ");
    if (colon == std::string_view::npos || colon == 0) {
      return false;
    }
    response.fields.emplace_back(line->substr(0, colon), line->substr(colon + 2));
  }
}

}  // namespace

std::string Response::field(std::string_view name) const {
  const auto has_name = [name](const auto& field) { return field.first == name; };
  EXPECT_LE(std::ranges::count_if(fields, has_name), 1) << name;
  const auto found = std::ranges::find_if(fields, has_name);
  return found == fields.end() ? "" : found->second;
}

std::ostream& operator<<(std::ostream& out, const Response& response) {
  out << response.status << ' ' << response.reason << '\n';
  for (const auto& [name, value] : response.fields) {
    out << name << ": " << value << '\n';
  }
  return out << '\n' << response.content << '\n';
}

std::optional<Response> take_response(std::string_view& bytes, Content content) {
  Response response;
  std::string_view rest = bytes;
  if (!take_status_line(rest, response) || !take_fields(rest, response)) {
    return std::nullopt;
  }
  const bool is_interim = response.status / 100 == 1;
  if (!is_interim && content == Content::follows) {
    const auto length = whole_number(response.field("Content-Length"));
    if (!length || rest.size() < *length) {
      return std::nullopt;
    }
    response.content = rest.substr(0, *length);
    rest.remove_prefix(*length);
  }
  bytes = rest;
  return response;
}

std::vector<Response> read_responses(std::string_view bytes) {
  std::vector<Response> responses;
  while (!bytes.empty()) {
    auto response = take_response(bytes);
    if (!response) {
      ADD_FAILURE() << "not a whole response: " << bytes;
      break;
    }
    responses.push_back(*std::move(response));
  }
  return responses;
}

void expect_prime(const Response& response, std::uint32_t n, std::uint32_t prime) {
  EXPECT_EQ(response.status, 200) << response;
  EXPECT_EQ(response.reason, "OK");
  EXPECT_EQ(response.field("Content-Type"), "application/json");
  const std::regex pattern{R"(\{"n":)" + std::to_string(n) + R"(,"prime":)" + std::to_string(prime) +
                           R"rx(,"duration":"(0s|[1-9][0-9]{0,2}ns|[1-9][0-9]{0,2}(\.[0-9]{0,5}[1-9])?(\xc2\xb5s|ms)|)rx" +
                           R"rx([1-9][0-9]*(\.[0-9]{0,8}[1-9])?s)"\})rx"};
  EXPECT_TRUE(std::regex_match(response.content, pattern)) << response;
}

void expect_problem(const Response& response, int status, std::string_view title) {
  EXPECT_EQ(response.status, status) << response;
  EXPECT_EQ(response.reason, title);
  EXPECT_EQ(response.field("Content-Type"), "application/problem+json");
  const std::string begin = R"({"title":")" + std::string{title} + R"(","status":)" + std::to_string(status) + R"(,"detail":")";
  ASSERT_TRUE(response.content.starts_with(begin)) << response;
  const std::string detail = response.content.substr(begin.size());
  // The end of the string is the end of the object: no quote before it, so no further key.
  EXPECT_EQ(detail.find('"'), detail.size() - 2) << response;
  EXPECT_TRUE(detail.ends_with("\"}")) << response;
  EXPECT_GT(detail.size(), 2U) << response;
}

Response without_duration(Response response) {
  constexpr std::string_view key = R"("duration":")";
  const auto at = response.content.find(key);
  if (at != std::string::npos) {
    const auto begin = at + key.size();
    response.content.replace(begin, response.content.find('"', begin) - begin, "0s");
    // Its length follows from the content, and the reader has compared the two.
    std::erase_if(response.fields, [](const auto& field) { return field.first == "Content-Length"; });
  }
  return response;
}

}  // namespace primebench
