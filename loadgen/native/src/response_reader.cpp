#include "response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace primebench::load {
namespace {

namespace http = boost::beast::http;

constexpr unsigned first_final_status = 200;
constexpr unsigned switching_protocols = 101;
/// What is left of chunked content is never shorter: "0", two line ends. Beast asserts that it gets so much of a last chunk.
constexpr std::size_t least_of_chunks = 5;

}  // namespace

void ResponseReader::start(bool to_head) {
  to_head_ = to_head;
  has_begun_ = false;
  response_.reset();
  fault_.clear();
  restart();
}

void ResponseReader::restart() {
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(header_limit);
  parser_->body_limit(boost::none);
  parser_->skip(to_head_);
}

std::size_t ResponseReader::take(std::string_view received) {
  std::size_t used = 0;
  has_begun_ = has_begun_ || !received.empty();
  while (used < received.size() && !response_ && fault_.empty()) {
    boost::beast::error_code error;
    const std::string_view left = received.substr(used);
    if (parser_->is_header_done() && parser_->chunked() && left.size() < least_of_chunks) {
      break;
    }
    const std::size_t taken = parser_->put(boost::asio::buffer(left), error);
    used += taken;
    if (error == http::error::need_more) {
      break;
    }
    if (error) {
      fault_ = "malformed response: " + error.message();
    } else if (parser_->is_done()) {
      finish();
    } else if (taken == 0) {
      break;
    }
  }
  return used;
}

void ResponseReader::finish() {
  if (parser_->status >= first_final_status) {
    response_ = {.status = parser_->status, .body_bytes = parser_->body_bytes, .keeps_alive = parser_->keep_alive()};
  } else if (parser_->status == switching_protocols) {
    fault_ = "malformed response: status 101, which nobody asked for";
  } else {
    restart();
  }
}

void ResponseReader::end() {
  if (response_ || !fault_.empty()) {
    return;
  }
  if (!parser_->got_some()) {  // an interim response may have come
    fault_ = has_begun_ ? "connection closed within the response" : "connection closed before the response";
    return;
  }
  boost::beast::error_code error;
  parser_->put_eof(error);
  if (!error && parser_->is_done() && parser_->status >= first_final_status) {
    finish();
    response_->keeps_alive = false;
  } else {
    fault_ = "connection closed within the response";
  }
}

void ResponseParser::on_request_impl(Verb /*verb*/, View /*method*/, View /*target*/, int /*version*/, Error& /*error*/) {}

void ResponseParser::on_response_impl(int code, View /*reason*/, int /*version*/, Error& /*error*/) {
  status = static_cast<std::uint16_t>(code);
}

void ResponseParser::on_field_impl(Field /*field*/, View /*name*/, View /*value*/, Error& /*error*/) {}

void ResponseParser::on_header_impl(Error& /*error*/) {}

void ResponseParser::on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, Error& /*error*/) {}

std::size_t ResponseParser::on_body_impl(View body, Error& /*error*/) {
  body_bytes += body.size();
  return body.size();
}

void ResponseParser::on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/, Error& /*error*/) {}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t /*left*/, View body, Error& /*error*/) {
  body_bytes += body.size();
  return body.size();
}

void ResponseParser::on_finish_impl(Error& /*error*/) {}

}  // namespace primebench::load
