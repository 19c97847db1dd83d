#include "primebench/http/conversation.hpp"

#include <algorithm>
#include <cassert>

namespace primebench {
namespace {

/// The length of a header section that ends within `text`, its empty line included; 0 if it does not. `text` begins with a
/// field or with the empty line.
std::size_t whole_section(std::string_view text) noexcept {
  constexpr std::string_view section_end = "\r\n\r\n";
  if (text.starts_with("\r\n")) {
    return 2;
  }
  const auto end = text.find(section_end);
  return end == std::string_view::npos ? 0 : end + section_end.size();
}

/// The length of the whole lines in `text` and one byte more; 0 if there is none. The parser needs that byte to see that a
/// field is not folded, and with less or more it would not look at anything again before the whole section is there.
std::size_t whole_lines_and_lookahead(std::string_view text) noexcept {
  if (text.size() < 2) {
    return 0;
  }
  const auto line_end = text.rfind('\n', text.size() - 2);
  return line_end == std::string_view::npos ? 0 : line_end + 2;
}

bool is_white_space(char c) noexcept { return c == ' ' || c == '\t'; }

/// Whether a line that begins so cannot become a request line: its first byte is that of no method, and of no empty line.
bool cannot_be_request_line(std::string_view begin) noexcept {
  constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
  const char first = begin.front();
  if (first == '\r') {
    return begin.size() > 1 && begin[1] != '\n';
  }
  const bool is_token_char = (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') ||
                             (first >= '0' && first <= '9') || token_marks.find(first) != std::string_view::npos;
  return !is_token_char;
}

/// The version at the end of a request line of three parts, as "1.1"; empty if there is none (RFC 9112 section 2.3).
std::string_view version_in(std::string_view line) noexcept {
  constexpr std::string_view before = " HTTP/";
  constexpr std::string_view after = "\r\n";
  constexpr std::size_t digit_dot_digit = 3;
  constexpr std::size_t size = before.size() + digit_dot_digit + after.size();
  if (line.size() < size || !line.ends_with(after) || std::ranges::count(line, ' ') != 2) {
    return {};
  }
  line.remove_prefix(line.size() - size);
  const std::string_view version = line.substr(before.size(), digit_dot_digit);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return line.starts_with(before) && is_digit(version[0]) && version[1] == '.' && is_digit(version[2]) ? version
                                                                                                       : std::string_view{};
}

/// Boost 1.81's parser asserts that it sees a last chunk whole (5 bytes) if it has seen the line `0` before.
bool may_be_part_of_last_chunk(std::string_view input) noexcept {
  constexpr std::string_view last_chunk = "0\r\n\r\n";
  return input.size() < last_chunk.size() && input.starts_with('0');
}

}  // namespace

Conversation::Conversation(const ConversationContext& context, TimePoint now) noexcept
    : context_{context}, idle_deadline_{now + context.limits.idle_timeout}, deadline_{idle_deadline_} {}

Conversation::Next Conversation::receive(std::string_view input, std::string& out, TimePoint now) {
  if (next_ == Next::close) {
    return next_;
  }
  if (!pending_.empty()) {
    pending_.append(input);
    return resume(out, now);
  }
  pending_.assign(consume(input, out, now));
  return next_;
}

Conversation::Next Conversation::resume(std::string& out, TimePoint now) {
  if (next_ == Next::close) {
    return next_;
  }
  const std::string_view rest = consume(pending_, out, now);
  if (rest.empty()) {
    std::string{}.swap(pending_);  // an idle connection holds no memory
  } else {
    pending_.erase(0, pending_.size() - rest.size());
  }
  return next_;
}

Conversation::Next Conversation::expire(std::string& out) {
  if (is_idle()) {
    next_ = Next::close;
  } else {
    fail(problems::timed_out, out);
  }
  return next_;
}

/// Responds to what `input` holds; returns what it leaves for later.
std::string_view Conversation::consume(std::string_view input, std::string& out, TimePoint now) {
  next_ = Next::read;
  began_ = false;
  handled_ = {};
  const std::uint32_t requests_before = requests_;
  while (may_go_on() && !input.empty()) {
    if (!take_request(input, out)) {
      break;
    }
  }
  if (requests_ != requests_before) {
    idle_deadline_ = now + context_.limits.idle_timeout;
  }
  set_deadline(now);
  if (parser_ && may_go_on()) {
    parser_->keep_head();  // the rest comes with another read
  }
  return next_ == Next::close ? std::string_view{} : input;
}

/// Each `take_` function takes its part off the front of `input`. False: the part is not whole, or the request has failed.
bool Conversation::take_request(std::string_view& input, std::string& out) {
  if (!parser_) {
    parser_.emplace(context_.limits.body_bytes);
    problem_ = nullptr;
    began_ = true;
  }
  if (!parser_->is_header_done() && !take_head(input, out)) {
    return false;
  }
  if (!parser_->is_done() && !take_body(input, out)) {
    return false;
  }
  respond(input, out);
  return true;
}

bool Conversation::take_head(std::string_view& input, std::string& out) {
  if (!parser_->got_some() && !take_request_line(input, out)) {
    return false;
  }
  return take_header_section(input, out) && examine_head(out);
}

bool Conversation::take_request_line(std::string_view& input, std::string& out) {
  while (input.starts_with("\r\n")) {
    input.remove_prefix(2);  // RFC 9112 section 2.2: ignore empty lines before a request
    part_bytes_ += 2;
    if (part_bytes_ > context_.limits.header_bytes) {
      fail(problems::malformed_request, out);
      return false;
    }
  }
  if (input.empty()) {
    parser_.reset();
    return false;
  }
  const auto line_end = input.substr(0, context_.limits.header_bytes).find('\n');
  if (line_end == std::string_view::npos) {
    if (cannot_be_request_line(input)) {
      fail(problems::malformed_request, out);  // at once: who speaks TLS or telnet waits for a response
    } else if (input.size() > context_.limits.header_bytes) {
      fail(problems::target_too_long, out);
    }
    return false;
  }
  const std::string_view line = input.substr(0, line_end + 1);
  input.remove_prefix(line.size());
  part_bytes_ = 0;
  return parse_request_line(line, out);
}

bool Conversation::parse_request_line(std::string_view line, std::string& out) {
  std::string_view rest = line;
  const RequestParser::Outcome outcome = parser_->parse(rest);
  if (outcome == RequestParser::Outcome::bad_version) {
    return take_other_version(line, out);
  }
  if (outcome == RequestParser::Outcome::malformed || !rest.empty()) {
    fail(problems::malformed_request, out);
    return false;
  }
  return true;
}

/// RFC 9110 section 2.5: a later minor version is processed as the highest that is implemented. Section 15.6.6: 505.
bool Conversation::take_other_version(std::string_view line, std::string& out) {
  const std::string_view version = version_in(line);
  if (version > "1.1" && version < "2.0") {
    std::string served{line};
    served.replace(served.size() - std::string_view{"1\r\n"}.size(), 1, "1");
    if (!parse_request_line(served, out)) {
      return false;
    }
    parser_->keep_head();  // `served` is about to go
    return true;
  }
  fail(version.empty() || version.starts_with("1.") ? problems::malformed_request : problems::version_not_served, out);
  return false;
}

bool Conversation::take_header_section(std::string_view& input, std::string& out) {
  const std::string_view window = input.substr(0, context_.limits.header_bytes - part_bytes_);
  const std::size_t section = whole_section(window);
  std::string_view lines = window.substr(0, section > 0 ? section : whole_lines_and_lookahead(window));
  if (!lines.empty()) {
    const std::size_t given = lines.size();
    const bool folds = section == 0 && is_white_space(lines.back());
    if (folds || parser_->parse(lines) == RequestParser::Outcome::malformed) {
      fail(problems::malformed_request, out);
      return false;
    }
    input.remove_prefix(given - lines.size());
    part_bytes_ += given - lines.size();
  }
  if (parser_->is_header_done()) {
    return true;
  }
  if (section > 0) {
    fail(problems::malformed_request, out);
  } else if (input.size() > context_.limits.header_bytes - part_bytes_) {
    fail(problems::head_too_large, out);
  }
  return false;
}

/// Decides what can be decided before the body. False: the request has got its response.
bool Conversation::examine_head(std::string& out) {
  part_bytes_ = 0;
  if (const Problem* const problem = parser_->framing_problem()) {
    fail(*problem, out);
    return false;
  }
  began_ = true;
  problem_ = context_.handler.check_head(parser_->request());
  if (parser_->declared_length() > context_.limits.body_bytes && parser_->declared_length() > body_bytes_max()) {
    fail(problem_ != nullptr ? *problem_ : problems::body_too_large, out);
    return false;
  }
  if (parser_->chunked()) {
    parser_->allow_body(body_bytes_max());
  }
  if (!parser_->expects_continue() || !parser_->has_body()) {
    return true;
  }
  if (problem_ != nullptr) {
    // The client may or may not send the body after a final status: only closing is unambiguous (RFC 9110 10.1.1).
    fail(*problem_, out);
    return false;
  }
  out.append(continue_response);
  return true;
}

/// The body of a request that has a problem is read to keep the connection, not for its content.
std::uint32_t Conversation::body_bytes_max() const noexcept {
  const std::uint32_t usual = context_.limits.body_bytes;
  return problem_ != nullptr ? usual : context_.handler.body_bytes_max(parser_->request(), usual);
}

bool Conversation::take_body(std::string_view& input, std::string& out) {
  return parser_->chunked() ? take_chunked_body(input, out) : take_sized_body(input);
}

bool Conversation::take_sized_body(std::string_view& input) {
  const auto length = static_cast<std::size_t>(parser_->declared_length());
  if (input.size() < length) {
    return false;
  }
  std::string_view body = input.substr(0, length);
  input.remove_prefix(length);
  [[maybe_unused]] const auto outcome = parser_->parse(body);
  assert(outcome == RequestParser::Outcome::done && body.empty());
  return true;
}

bool Conversation::take_chunked_body(std::string_view& input, std::string& out) {
  if (input.empty() || (parser_->before_first_chunk() && may_be_part_of_last_chunk(input))) {
    return false;
  }
  // The parser never sees what is beyond the limit: what it would find there must not depend on how much was read at once.
  const std::size_t wire_bytes_max = chunked_wire_bytes(body_bytes_max());
  std::string_view window = input.substr(0, wire_bytes_max - part_bytes_);
  const std::size_t given = window.size();
  const RequestParser::Outcome outcome = parser_->parse(window);
  input.remove_prefix(given - window.size());
  part_bytes_ += given - window.size();
  if (outcome == RequestParser::Outcome::done) {
    part_bytes_ = 0;
    return true;
  }
  const bool too_long = input.size() > wire_bytes_max - part_bytes_;
  if (outcome == RequestParser::Outcome::malformed) {
    fail(problems::malformed_request, out);
  } else if (outcome == RequestParser::Outcome::body_too_large || too_long) {
    fail(problem_ != nullptr ? *problem_ : problems::body_too_large, out);
  }
  return false;
}

/// `rest`: what was read beyond this request.
void Conversation::respond(std::string_view rest, std::string& out) {
  ++requests_;
  const bool last = context_.limits.requests != 0 && requests_ >= context_.limits.requests;
  const bool closing = last || !parser_->wants_keep_alive() || (draining_ && rest.empty());
  const ResponseContext context = response_context(closing);
  if (problem_ != nullptr) {
    append_problem(out, context, *problem_);
  } else {
    ResponseWriter response{out, context, job_};
    context_.handler.handle(parser_->request(), response);
    if (job_) {
      next_ = Next::run_job;
      closing_ = closing;
      return;
    }
    handled_ += response.time_taken();
  }
  end_request(closing, rest, out);
}

Conversation::Next Conversation::complete(std::string_view json, std::string& out, TimePoint now) {
  assert(next_ == Next::run_job);
  next_ = Next::read;
  const bool closing = closing_ || (draining_ && pending_.empty());
  append_ok(out, response_context(closing), json);
  end_request(closing, pending_, out);
  idle_deadline_ = now + context_.limits.idle_timeout;
  return resume(out, now);
}

void Conversation::end_request(bool closing, std::string_view rest, const std::string& out) {
  parser_.reset();
  if (closing) {
    next_ = Next::close;
  } else if (!rest.empty() && (handled_ > handler_turn || out.size() > response_turn_bytes)) {
    next_ = Next::resume;
  }
}

/// Responds with `problem` and closes: where the request ends is unknown, or not worth waiting for.
void Conversation::fail(const Problem& problem, std::string& out) {
  append_problem(out, response_context(true), problem);
  parser_.reset();
  next_ = Next::close;
}

ResponseContext Conversation::response_context(bool closing) const {
  const bool head_is_known = parser_ && parser_->is_header_done();
  const bool http_10 = head_is_known && !parser_->http_11();
  const Persistence kept = http_10 ? Persistence::keep_alive : Persistence::implied;
  return {.date = context_.date.text(),
          .persistence = closing ? Persistence::close : kept,
          .omit_content = head_is_known && parser_->request().method == Method::head};
}

/// Every part is timed from its beginning, so that bytes which trickle in gain nothing: heads from their first byte, bodies
/// from the end of their head, an idle connection from its last response, whatever empty lines come.
void Conversation::set_deadline(TimePoint now) noexcept {
  if (!parser_) {
    deadline_ = idle_deadline_;
  } else if (began_) {
    deadline_ = now + (parser_->is_header_done() ? context_.limits.body_timeout : context_.limits.header_timeout);
  }
}

}  // namespace primebench
