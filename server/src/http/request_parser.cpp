#include "primebench/http/request_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/verb.hpp>
#include <cassert>
#include <functional>
#include <limits>
#include <utility>

#include "primebench/http/host.hpp"
#include "primebench/http/request_target.hpp"

namespace primebench {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

std::string_view std_view(beast::string_view view) noexcept { return {view.data(), view.size()}; }

Method method_of(http::verb verb) noexcept {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    default:
      return Method::other;
  }
}

/// Counts to 255 and stays there.
void count(std::uint8_t& counter) noexcept {
  if (counter < std::numeric_limits<std::uint8_t>::max()) {
    ++counter;
  }
}

TargetForms target_forms_of(http::verb verb) noexcept {
  switch (verb) {
    case http::verb::connect:
      return TargetForms::authority;
    case http::verb::options:
      return TargetForms::with_asterisk;
    default:
      return TargetForms::usual;
  }
}

/// HTAB, SP, VCHAR and obs-text: what a quoted-string is made of (RFC 9110 section 5.6.4).
bool is_text(char c) noexcept {
  constexpr char last_control_below_space = '\x1f';
  constexpr char del = '\x7f';
  return c == '\t' || (static_cast<unsigned char>(c) > last_control_below_space && c != del);
}

}  // namespace

RequestParser::RequestParser(std::uint64_t body_bytes_max) : chunk_bytes_left_{body_bytes_max} {
  // The contract's order of errors needs the limit after the route: see Conversation.
  body_limit(boost::none);
  // So does a header section over the limit: Beast's own limit would make the one that is a byte too long malformed.
  header_limit(std::numeric_limits<std::uint32_t>::max());
}

RequestParser::Outcome RequestParser::parse(std::string_view& input) {
  input_ = input;
  beast::error_code error;
  eager(is_header_done());
  const std::size_t parsed = put(boost::asio::const_buffer{input.data(), input.size()}, error);
  input.remove_prefix(parsed);
  if (error == http::error::body_limit) {
    return Outcome::body_too_large;
  }
  if (error && error != http::error::need_more) {
    return error == http::error::bad_version ? Outcome::bad_version : Outcome::malformed;
  }
  return is_done() ? Outcome::done : Outcome::more;
}

void RequestParser::keep_head() {
  std::string kept{request_.target};
  kept.append(request_.content_type);
  kept.swap(memory().head);  // only now, as the views may show what was kept before
  const std::string_view head = memory_->head;
  request_.target = head.substr(0, request_.target.size());
  request_.content_type = head.substr(request_.target.size());
}

const Problem* RequestParser::framing_problem() const noexcept {
  // RFC 9112 section 3.2. HTTP/1.0 knows no Host, but two of them are wrong there as well.
  if (hosts_ > 1 || (http_11_ && hosts_ == 0) || !host_is_valid_) {
    return &problems::bad_host;
  }
  if (!has_transfer_encoding_) {
    return nullptr;
  }
  // RFC 9112 section 6.1: faulty framing in HTTP/1.0. Section 6.3: 400 where chunked is not the final coding.
  if (!http_11_ || !chunked() || !transfer_codings_are_tokens_) {
    return &problems::bad_framing;
  }
  return transfer_codings_ == 1 ? nullptr : &problems::unknown_coding;
}

void RequestParser::on_request_impl(Verb method, View /*method_text*/, View target, int version, ErrorCode& error) {
  constexpr int version_11 = 11;
  request_.method = method_of(method);
  http_11_ = version == version_11;
  if (const auto path_and_query = path_and_query_of(std_view(target), target_forms_of(method))) {
    request_.target = *path_and_query;
  } else {
    error = http::error::bad_target;  // RFC 9112 section 3: 400, or a redirect to what was meant
  }
}

// Beast declares it for requests, too, and never calls it there.
void RequestParser::on_response_impl(int /*status*/, View /*reason*/, int /*version*/, ErrorCode& /*error*/) {}

void RequestParser::on_field_impl(Field name, View name_text, View value, ErrorCode& error) {
  if (is_folded(name_text, value)) {
    error = http::error::bad_value;  // RFC 9112 section 5.2: reject obs-fold, or replace it
    return;
  }
  if (is_header_done()) {
    return;  // a trailer field: none means anything here (RFC 9110 section 6.5.1)
  }
  switch (name) {
    case Field::host:
      return note_host(value);
    case Field::content_type:
      // A second one makes it ambiguous which the body is (RFC 9110 section 5.3).
      request_.content_type = std::exchange(has_content_type_, true) ? std::string_view{} : std_view(value);
      return;
    case Field::connection:
      return note_connection(value);
    case Field::expect:
      return note_expectation(value);
    case Field::transfer_encoding:
      return note_transfer_encoding(value);
    default:
      return;
  }
}

void RequestParser::on_header_impl(ErrorCode& /*error*/) {}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, ErrorCode& /*error*/) {}

std::size_t RequestParser::on_body_impl(View body, ErrorCode& /*error*/) {
  assert(body.size() == declared_length());  // Conversation waits until the body is whole
  request_.body = std_view(body);
  return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& error) {
  seen_chunk_ = true;
  // Beast takes any byte within quotes. Whoever ends lines at a bare LF would see another chunk there.
  if (!std::ranges::all_of(extensions, is_text)) {
    error = http::error::bad_chunk_extension;
    return;
  }
  if (size > chunk_bytes_left_) {
    error = http::error::body_limit;
    return;
  }
  chunk_bytes_left_ -= size;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*left*/, View body, ErrorCode& /*error*/) {
  memory().chunks.append(body.data(), body.size());
  return body.size();
}

void RequestParser::on_finish_impl(ErrorCode& /*error*/) {
  if (chunked()) {
    request_.body = memory().chunks;
  }
}

RequestParser::Memory& RequestParser::memory() {
  if (!memory_) {
    memory_ = std::make_unique<Memory>();
  }
  return *memory_;
}

/// Beast joins folded lines: into a buffer of its own, or, if the first line is empty, by skipping over the line end.
bool RequestParser::is_folded(View name, View value) const noexcept {
  const auto before = std::less<>{};
  const char* const input_end = input_.data() + input_.size();
  if (before(value.data(), input_.data()) || before(input_end, value.data())) {
    return true;
  }
  return std::find(name.data() + name.size(), value.data(), '\n') != value.data();
}

void RequestParser::note_host(View value) noexcept {
  count(hosts_);
  host_is_valid_ = host_is_valid_ && is_host(std_view(value));
}

void RequestParser::note_connection(View value) {
  for (const View option : http::token_list{value}) {
    close_ = close_ || beast::iequals(option, "close");
    keep_alive_ = keep_alive_ || beast::iequals(option, "keep-alive");
  }
}

/// A list, in which others may stand before it (RFC 9110 section 10.1.1).
void RequestParser::note_expectation(View value) {
  for (const View expectation : http::token_list{value}) {
    expects_continue_ = expects_continue_ || beast::iequals(expectation, "100-continue");
  }
}

/// Beast stops at the first thing that is no token, and so takes "chunked foo" and "chunked;q=1" for chunked.
void RequestParser::note_transfer_encoding(View value) {
  has_transfer_encoding_ = true;
  const http::opt_token_list codings{value};
  transfer_codings_are_tokens_ = transfer_codings_are_tokens_ && http::validate_list(codings);
  for ([[maybe_unused]] const View coding : codings) {
    count(transfer_codings_);
  }
}

}  // namespace primebench
