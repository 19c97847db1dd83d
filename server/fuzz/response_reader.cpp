#include "response_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "json_oracle.hpp"
#include "primebench/app/problems.hpp"
#include "violation.hpp"

namespace primebench {
namespace {

constexpr std::array<std::size_t, 13> statuses{100, 200, 400, 404, 405, 408, 413, 414, 415, 422, 431, 501, 505};

/// Every error response there is. Comparing with constants is what shows that no response repeats bytes of a request.
constexpr std::array all_problems{
    problems::malformed_request, problems::bad_host,           problems::bad_framing,      problems::malformed_json,
    problems::not_an_object,     problems::not_found,          problems::only_post,        problems::only_get,
    problems::timed_out,         problems::body_too_large,     problems::target_too_long,  problems::not_json,
    problems::n_missing,         problems::n_out_of_range,     problems::n_not_an_integer, problems::head_too_large,
    problems::unknown_coding,    problems::version_not_served, problems::not_an_order,
};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_token_char(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_printable(char c) noexcept { return c >= ' ' && c <= '~'; }

/// Takes `text` off the front of `bytes`, if it is there.
bool take(std::string_view& bytes, std::string_view text) noexcept {
  if (!bytes.starts_with(text)) {
    return false;
  }
  bytes.remove_prefix(text.size());
  return true;
}

std::string_view take_line(std::string_view& bytes) {
  const auto end = bytes.find("\r\n");
  require(end != std::string_view::npos, "every line of a header ends with CRLF");
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + 2);
  require(std::ranges::all_of(line, is_printable), "a header consists of printable ASCII");
  return line;
}

std::string_view take_digits(std::string_view& bytes) noexcept {
  const auto count = static_cast<std::size_t>(std::ranges::find_if_not(bytes, is_digit) - bytes.begin());
  const std::string_view digits = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return digits;
}

/// A decimal number as it is written canonically: no sign, no leading zero.
std::optional<std::size_t> number_of(std::string_view digits) noexcept {
  std::size_t value = 0;
  const char* const end = digits.data() + digits.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): from_chars takes a range
  const auto [stopped_at, error] = std::from_chars(digits.data(), end, value);
  const bool canonical = !digits.empty() && (digits == "0" || digits.front() != '0');
  return canonical && error == std::errc{} && stopped_at == end ? std::optional{value} : std::nullopt;
}

/// The n-th prime, by a sieve that has nothing in common with the service's loop; for n up to 1,000.
std::size_t nth_prime_sieved(std::size_t n) {
  constexpr std::size_t beyond = 8'000;  // there are 1,007 primes below
  std::vector<bool> composite(beyond);
  for (std::size_t candidate = 2; candidate < beyond; ++candidate) {
    if (composite[candidate]) {
      continue;
    }
    if (--n == 0) {
      return candidate;
    }
    for (std::size_t multiple = candidate * candidate; multiple < beyond; multiple += candidate) {
      composite[multiple] = true;
    }
  }
  return 0;
}

/// `0s`, `417ns`, `1.5\u00b5s`, `4.812345ms`, `1.204s`
bool is_duration(std::string_view text) {
  const std::string_view whole = take_digits(text);
  if (!number_of(whole)) {
    return false;
  }
  std::string_view fraction;
  if (take(text, ".")) {
    fraction = take_digits(text);
    if (fraction.empty() || fraction.back() == '0') {
      return false;
    }
  }
  const std::size_t places = fraction.size();
  const bool below_a_unit = whole.size() <= 3 && whole != "0";
  return (text == "ns" && places == 0 && below_a_unit) || (text == "\u00b5s" && places <= 3 && below_a_unit) ||
         (text == "ms" && places <= 6 && below_a_unit) || (text == "s" && places <= 9 && (whole != "0" || places == 0));
}

/// Checks `{"n":10,"prime":29,"duration":"417ns"}` and returns it without the time it took.
std::string checked_calculation(std::string_view content, const Expected& expected) {
  std::string_view rest = content;
  require(take(rest, R"({"n":)"), "a calculation begins with its n");
  const auto n = number_of(take_digits(rest));
  require(n && *n >= 1 && *n <= expected.max_n, "only an n from 1 to max-n is answered");
  require(take(rest, R"(,"prime":)"), "the prime follows the n");
  require(number_of(take_digits(rest)) == nth_prime_sieved(*n), "prime is the n-th prime");
  require(take(rest, R"(,"duration":")"), "the duration follows the prime");
  const std::size_t before_duration = content.size() - rest.size();
  const std::string_view duration = rest.substr(0, rest.find('"'));
  require(is_duration(duration), "the duration is written as Go prints it");
  rest.remove_prefix(duration.size());
  require(rest == "\"}", "a calculation has three keys");
  return std::string{content.substr(0, before_duration)}.append("0s\"}");
}

/// Checks what a `200` with JSON says and returns it, without the time that a calculation took. An item or a summary is held to
/// being JSON alone: what they say is the unit tests' to check.
std::string checked_json(std::string_view content, const Expected& expected) {
  if (content.starts_with(R"({"n":)")) {
    return checked_calculation(content, expected);
  }
  const bool is_known =
      content == R"({"status":"ok"})" || content.starts_with(R"({"id":)") || content.starts_with(R"({"order":)");
  require(is_known && is_json_text(content), "a 200 is health, a calculation, an item or a summary");
  return std::string{content};
}

std::string problem_content(const Problem& problem) {
  std::string content = R"({"title":")";
  content.append(problem.title).append(R"(","status":)").append(std::to_string(problem.status));
  return content.append(R"(,"detail":")").append(problem.detail).append(R"("})");
}

bool is_of(const Response& response, const Problem& problem) {
  return std::cmp_equal(response.status, problem.status) && response.reason == problem.title &&
         response.allow == problem.allow && (response.content_omitted || response.content == problem_content(problem));
}

class Reader {
public:
  Reader(std::string_view bytes, const Expected& expected) : bytes_{bytes}, expected_{expected} {}

  [[nodiscard]] bool at_end() const noexcept { return bytes_.empty(); }

  Response take_response() {
    Response response;
    take_status_line(response);
    const std::size_t length = take_fields(response);
    if (!response.is_interim()) {
      take_content(response, length);
      check_meaning(response);
    }
    return response;
  }

private:
  void take_status_line(Response& response) {
    std::string_view line = take_line(bytes_);
    require(take(line, "HTTP/1.1 "), "a response begins with HTTP/1.1 and one space");
    const auto status = number_of(take_digits(line));
    require(status && std::ranges::find(statuses, *status) != statuses.end(), "the contract lists every status");
    response.status = static_cast<int>(*status);
    require(take(line, " ") && !line.empty(), "one space and a reason follow the status");
    response.reason = line;
  }

  /// Returns the Content-Length.
  std::size_t take_fields(Response& response) {
    std::set<std::string_view> seen;
    std::optional<std::size_t> length;
    for (std::string_view line = take_line(bytes_); !line.empty(); line = take_line(bytes_)) {
      const std::string_view name = line.substr(0, line.find(':'));
      require(!name.empty() && std::ranges::all_of(name, is_token_char), "the name of a field is a token");
      line.remove_prefix(name.size());
      require(take(line, ": ") && !line.empty(), "a colon, one space and a value follow the name of a field");
      require(line.front() != ' ' && line.back() != ' ', "no further space is around a value");
      require(seen.insert(name).second, "no field comes twice");
      if (name == "Date") {
        require(line == expected_.date, "Date is what the clock says");
      } else if (name == "Content-Length") {
        length = number_of(line);
        require(length.has_value(), "Content-Length is a decimal number");
      } else if (name == "Content-Type") {
        response.content_type = line;
      } else if (name == "Connection") {
        response.connection = line;
      } else {
        require(name == "Allow", "there are no other fields");
        response.allow = line;
      }
    }
    require(response.is_interim() ? seen.empty() : seen.contains("Date") && length.has_value(),
            "a final response, and no other, has fields: Date and Content-Length among them");
    return length.value_or(0);
  }

  /// A reader that does not know the requests does not know which of them were HEAD. But no content begins as a status line.
  void take_content(Response& response, std::size_t length) {
    response.content_omitted = bytes_.empty() || bytes_.starts_with("HTTP/1.1 ");
    if (response.content_omitted) {
      return;
    }
    require(length <= bytes_.size(), "the content is as long as Content-Length says");
    response.content = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
  }

  void check_meaning(Response& response) const {
    const std::string_view connection = response.connection;
    require(connection.empty() || connection == "close" || connection == "keep-alive", "Connection is close or keep-alive");
    if (response.status != 200) {
      require(response.content_type == "application/problem+json", "an error is a problem (RFC 9457)");
      const auto matches = [&response](const Problem& problem) { return is_of(response, problem); };
      require(std::ranges::any_of(all_problems, matches), "an error response is one of the service's constants");
      return;
    }
    require(response.reason == "OK" && response.allow.empty(), "200 is OK");
    if (response.content_type == "text/plain") {
      require(response.content_omitted || response.content == "Hello, World!", "there is one text");
      return;
    }
    require(response.content_type == "application/json", "a 200 is text or JSON");
    if (!response.content_omitted) {
      response.content = checked_json(response.content, expected_);
    }
  }

  std::string_view bytes_;
  const Expected& expected_;
};

}  // namespace

std::vector<Response> read_responses(std::string_view bytes, const Expected& expected) {
  std::vector<Response> responses;
  Reader reader{bytes, expected};
  while (!reader.at_end()) {
    responses.push_back(reader.take_response());
  }
  return responses;
}

}  // namespace primebench
