#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "primebench/http_date.hpp"
#include "primebench/request_parser.hpp"
#include "primebench/response.hpp"
#include "primebench/service.hpp"

namespace primebench {

/// Limits of the contract on a request's size and on the patience with slow clients.
namespace limits {
inline constexpr std::size_t request_line_bytes_max = 8'192;
inline constexpr std::size_t header_section_bytes_max = 8'192;
/// A body of 4,096 one-byte chunks takes 24 kB; the rest is room for chunk extensions and trailers, which RFC 9112
/// section 7.1.1 asks to be bounded.
inline constexpr std::size_t chunked_body_wire_bytes_max = 65'536;
inline constexpr std::chrono::seconds head_timeout{5};
inline constexpr std::chrono::seconds body_timeout{5};
inline constexpr std::chrono::seconds idle_timeout{60};
/// Calculation after which the answers so far are sent and other connections get their turn, before the next of a row of
/// pipelined requests is answered.
inline constexpr std::chrono::milliseconds turn{1};
}  // namespace limits

/// One connection's HTTP/1.1, without a socket or a clock: bytes in, bytes out. Every rule of the contract on framing,
/// persistence and timeouts is here.
///
/// The same bytes give the same answers however they are cut into reads: the parser is only ever given whole lines of a
/// head and whole bodies of known length.
class Conversation {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Next : std::uint8_t {
    read,    ///< send what was written, then read
    resume,  ///< send what was written, then call `resume`: requests are waiting that were read already
    close,   ///< send what was written, then close; nothing more is answered
  };

  /// `service` and `date` must outlive the conversation. `now` starts the idle timeout.
  Conversation(Service& service, const HttpDate& date, TimePoint now) noexcept;

  /// Takes in what was read and appends the answers to `out`.
  Next receive(std::string_view input, std::string& out, TimePoint now);

  /// Goes on after `Next::resume`.
  Next resume(std::string& out, TimePoint now);

  /// The deadline has passed: appends a 408 if a request had begun (RFC 9110 section 15.5.9). Always `Next::close`.
  Next expire(std::string& out);

  /// From now on the last answer that can be given closes the connection. What has begun to arrive is still answered.
  void drain() noexcept { draining_ = true; }

  /// Whether no request has begun.
  [[nodiscard]] bool is_idle() const noexcept { return !parser_ && pending_.empty(); }

  /// When to call `expire`, if nothing is received until then. Means nothing after `Next::resume` or `Next::close`.
  [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }

private:
  [[nodiscard]] bool may_go_on() const noexcept { return next_ == Next::read; }

  std::string_view consume(std::string_view input, std::string& out, TimePoint now);
  bool take_request(std::string_view& input, std::string& out);
  bool take_head(std::string_view& input, std::string& out);
  bool take_request_line(std::string_view& input, std::string& out);
  bool take_header_section(std::string_view& input, std::string& out);
  bool take_body(std::string_view& input, std::string& out);
  bool take_sized_body(std::string_view& input);
  bool take_chunked_body(std::string_view& input, std::string& out);
  bool examine_head(std::string& out);
  void answer(std::string_view rest, std::string& out);
  void answer_calculate(const AnswerContext& context, std::string& out);
  void fail(const Problem& problem, std::string& out);
  [[nodiscard]] AnswerContext answer_context(bool closing) const;
  void set_deadline(TimePoint now) noexcept;

  Service& service_;
  const HttpDate& date_;
  std::string pending_;                  // read, but not yet parsed: empty, and without memory, between requests
  std::optional<RequestParser> parser_;  // engaged while a request arrives
  const Problem* problem_ = nullptr;     // the answer, once the body is read, that the head has decided
  TimePoint deadline_;
  std::size_t part_bytes_ = 0;              // of the header section, then of the chunked body, parsed so far
  std::chrono::nanoseconds calculated_{0};  // in this turn
  Next next_ = Next::read;
  bool draining_ = false;
  bool began_ = false;  // a request, during this call
};

}  // namespace primebench
