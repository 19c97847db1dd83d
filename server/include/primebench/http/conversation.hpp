#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "primebench/http/handler.hpp"
#include "primebench/http/http_date.hpp"
#include "primebench/http/limits.hpp"
#include "primebench/http/request_parser.hpp"
#include "primebench/http/response.hpp"

namespace primebench {

/// What the conversations of one thread share; outlives them.
struct ConversationContext {
  Handler& handler;
  const HttpDate& date;
  const Limits& limits;
};

/// One connection's HTTP/1.1, without a socket or a clock: bytes in, bytes out. Every rule of the contract on framing,
/// persistence and timeouts is here.
///
/// The same bytes give the same responses however they are cut into reads: the parser is only ever given whole lines of a
/// head and whole bodies of known length.
class Conversation {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Next : std::uint8_t {
    read,     ///< send what was written, then read
    resume,   ///< send what was written, then call `resume`: requests are waiting that were read already
    run_job,  ///< send what was written, have `take_job` run elsewhere, then call `complete`
    close,    ///< send what was written, then close; nothing more is said
  };

  /// `now` starts the idle timeout.
  Conversation(const ConversationContext& context, TimePoint now) noexcept;

  /// Takes in what was read and appends the responses to `out`.
  Next receive(std::string_view input, std::string& out, TimePoint now);

  /// Goes on after `Next::resume`.
  Next resume(std::string& out, TimePoint now);

  /// After `Next::run_job`: what the handler has deferred, and what has become of it.
  [[nodiscard]] Job take_job() noexcept { return std::exchange(job_, {}); }
  Next complete(std::string_view json, std::string& out, TimePoint now);

  /// The deadline has passed: appends a 408 if a request had begun (RFC 9110 section 15.5.9). Always `Next::close`.
  Next expire(std::string& out);

  /// From now on the last response that can be given closes the connection. What has begun to arrive still gets one.
  void drain() noexcept { draining_ = true; }

  /// Whether no request has begun.
  [[nodiscard]] bool is_idle() const noexcept { return !parser_ && pending_.empty(); }

  /// When to call `expire`, if nothing is received until then. Means something after `Next::read` only.
  [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }

private:
  [[nodiscard]] bool may_go_on() const noexcept { return next_ == Next::read; }

  std::string_view consume(std::string_view input, std::string& out, TimePoint now);
  bool take_request(std::string_view& input, std::string& out);
  bool take_head(std::string_view& input, std::string& out);
  bool take_request_line(std::string_view& input, std::string& out);
  bool parse_request_line(std::string_view line, std::string& out);
  bool take_other_version(std::string_view line, std::string& out);
  bool take_header_section(std::string_view& input, std::string& out);
  bool take_body(std::string_view& input, std::string& out);
  bool take_sized_body(std::string_view& input);
  bool take_chunked_body(std::string_view& input, std::string& out);
  bool examine_head(std::string& out);
  [[nodiscard]] std::uint32_t body_bytes_max() const noexcept;
  void respond(std::string_view rest, std::string& out);
  void end_request(bool closing, std::string_view rest, const std::string& out);
  void fail(const Problem& problem, std::string& out);
  [[nodiscard]] ResponseContext response_context(bool closing) const;
  void set_deadline(TimePoint now) noexcept;

  const ConversationContext& context_;
  std::string pending_;                  // read, but not yet parsed: empty, and without memory, between requests
  std::optional<RequestParser> parser_;  // engaged while a request arrives
  const Problem* problem_ = nullptr;     // what the head has decided: said once the body is read
  TimePoint idle_deadline_;
  TimePoint deadline_;
  std::size_t part_bytes_ = 0;  // of the empty lines before a request, the header section, the chunked body, parsed so far
  std::chrono::nanoseconds handled_{0};  // in this turn
  Job job_;
  std::uint32_t requests_ = 0;  // responded to
  Next next_ = Next::read;
  bool draining_ = false;
  bool began_ = false;    // a head or a body, during this call
  bool closing_ = false;  // after the response that is deferred
};

}  // namespace primebench
