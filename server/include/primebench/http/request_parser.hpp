#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "primebench/http/problem.hpp"
#include "primebench/http/request.hpp"

namespace primebench {

/// Beast's parser, told to keep what a `Request` has and no more. It allocates for the content of chunked bodies, and for what
/// it has to keep of a head that is read in pieces.
///
/// What Boost 1.81's parser lets through and RFC 9112 does not is found here or in `Conversation`: request targets that are no
/// part of a URI or of another method's form, obsolete folding, more or fewer than one valid Host, transfer codings other than
/// chunked, Transfer-Encoding in HTTP/1.0, control characters in chunk extensions.
class RequestParser final : private boost::beast::http::basic_parser<true> {
  using Base = boost::beast::http::basic_parser<true>;

public:
  enum class Outcome : std::uint8_t { more, done, malformed, bad_version, body_too_large };

  explicit RequestParser(std::uint64_t body_bytes_max);

  using Base::chunked;
  using Base::got_some;
  using Base::is_done;
  using Base::is_header_done;

  /// Parses what it can of `input` and takes that off its front. After `bad_version` a request line may be given again, with
  /// another version.
  Outcome parse(std::string_view& input);

  /// Its views live as long as the bytes that were given to `parse`, or until `keep_head`.
  [[nodiscard]] const Request& request() const noexcept { return request_; }

  /// Copies what the views show of the head: the bytes that were given to `parse` are about to go.
  void keep_head();

  /// 0 if the head has none.
  [[nodiscard]] std::uint64_t declared_length() const { return content_length().value_or(0); }
  [[nodiscard]] bool has_body() const { return chunked() || declared_length() > 0; }

  /// Whether the parser is at the start of a body's first chunk.
  [[nodiscard]] bool before_first_chunk() const noexcept { return !seen_chunk_; }

  /// Another limit for the content of a chunked body. Only before its first chunk.
  void allow_body(std::uint64_t bytes_max) noexcept { chunk_bytes_left_ = bytes_max; }

  [[nodiscard]] bool http_11() const noexcept { return http_11_; }
  [[nodiscard]] bool expects_continue() const noexcept { return expects_continue_ && http_11_; }
  [[nodiscard]] bool wants_keep_alive() const noexcept { return !close_ && (http_11_ || keep_alive_); }

  /// The problem with the fields taken together, known once the header is done; nullptr if there is none.
  [[nodiscard]] const Problem* framing_problem() const noexcept;

private:
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;
  using View = boost::beast::string_view;
  using ErrorCode = boost::beast::error_code;

  /// What a request in one piece, with a Content-Length, does without.
  struct Memory {
    std::string head;
    std::string chunks;
  };

  void on_request_impl(Verb method, View method_text, View target, int version, ErrorCode& error) override;
  void on_response_impl(int status, View reason, int version, ErrorCode& error) override;
  void on_field_impl(Field name, View name_text, View value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
  std::size_t on_body_impl(View body, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, View body, ErrorCode& error) override;
  void on_finish_impl(ErrorCode& error) override;

  [[nodiscard]] Memory& memory();
  [[nodiscard]] bool is_folded(View name, View value) const noexcept;
  void note_host(View value) noexcept;
  void note_connection(View value);
  void note_expectation(View value);
  void note_transfer_encoding(View value);

  std::string_view input_;
  Request request_;
  std::unique_ptr<Memory> memory_;
  std::uint64_t chunk_bytes_left_;
  std::uint8_t hosts_ = 0;
  std::uint8_t transfer_codings_ = 0;
  bool host_is_valid_ = true;
  bool has_content_type_ = false;
  bool has_transfer_encoding_ = false;
  bool transfer_codings_are_tokens_ = true;
  bool http_11_ = false;
  bool expects_continue_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool seen_chunk_ = false;
};

}  // namespace primebench
