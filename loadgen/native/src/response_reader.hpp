#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace primebench::load {

/// What is known of a response once it is whole.
struct Response {
  std::uint16_t status;
  /// Content without framing.
  std::uint64_t body_bytes;
  /// Whether the connection can carry another request.
  bool keeps_alive;
};

/// Counts content and keeps nothing: Beast does the parsing.
class ResponseParser : public boost::beast::http::basic_parser<false> {
public:
  std::uint16_t status = 0;
  std::uint64_t body_bytes = 0;

protected:
  using Error = boost::beast::error_code;
  using Field = boost::beast::http::field;
  using Verb = boost::beast::http::verb;
  using View = boost::beast::string_view;

  void on_request_impl(Verb verb, View method, View target, int version, Error& error) override;
  void on_response_impl(int code, View reason, int version, Error& error) override;
  void on_field_impl(Field field, View name, View value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
  std::size_t on_body_impl(View body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t size, View extensions, Error& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, View body, Error& error) override;
  void on_finish_impl(Error& error) override;
};

/// Reads one response after the other off a connection's bytes, framed as RFC 9112 has it: by Content-Length, in chunks, or up
/// to the connection's end. Interim responses (1xx) are passed over.
class ResponseReader {
public:
  static constexpr std::size_t header_limit = std::size_t{16} * 1024;

  /// Expect the response to another request.
  void start(bool to_head);

  /// Take bytes off the front of `received`; return how many are used up. The rest has to come again, with more behind it.
  std::size_t take(std::string_view received);

  /// The connection has ended: a response without a length is whole.
  void end();

  /// The response, once it is whole.
  [[nodiscard]] const std::optional<Response>& response() const { return response_; }
  /// What is wrong with it; empty if nothing is.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  /// Whether any byte of the response has come.
  [[nodiscard]] bool has_begun() const { return has_begun_; }

private:
  void restart();
  void finish();

  std::optional<ResponseParser> parser_;
  std::optional<Response> response_;
  std::string fault_;
  bool to_head_ = false;
  bool has_begun_ = false;
};

}  // namespace primebench::load
