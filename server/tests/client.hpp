#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "primebench/app/service.hpp"
#include "primebench/http/conversation.hpp"
#include "response_reader.hpp"

namespace primebench {

/// What every response of a `Client` has as its Date.
inline constexpr std::string_view test_date = "Sun, 06 Nov 1994 08:49:37 GMT";  // NOLINT(readability-identifier-naming)

/// The other end of a conversation, with a clock that goes on only when it is told to.
class Client {
public:
  explicit Client(std::uint32_t max_n = 100'000, const Limits& limits = {}, bool offload = false);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;
  ~Client() = default;

  /// Gives `bytes` to the conversation in one read and lets it go on for as long as it does without reading. Returns its
  /// responses. The bytes are in memory of exactly their size, which is gone afterwards, for AddressSanitizer to watch.
  std::string send(std::string_view bytes);

  /// One step of the same: what `send` does before it resumes.
  std::string receive(std::string_view bytes);
  std::string resume();

  /// After `Next::run_job`: the response, as if the job had run elsewhere.
  std::string complete();

  /// The deadline passes.
  std::string expire();

  void advance(std::chrono::nanoseconds time) { now_ += time; }

  /// From now until the deadline.
  [[nodiscard]] std::chrono::nanoseconds patience() const { return conversation_.deadline() - now_; }

  [[nodiscard]] Conversation& conversation() noexcept { return conversation_; }
  [[nodiscard]] Conversation::Next next() const noexcept { return next_; }
  [[nodiscard]] bool is_closed() const noexcept { return next_ == Conversation::Next::close; }

private:
  Service service_;
  HttpDate date_;
  Limits limits_;
  ConversationContext context_;
  Conversation::TimePoint now_;
  Conversation conversation_;
  Conversation::Next next_ = Conversation::Next::read;
};

/// The responses to `bytes`, sent at once on a connection of their own.
struct Exchange {
  std::vector<Response> responses;
  bool closed = false;
};

/// Holds every exchange to what is true of all: each response has a Date, and the last one, and no other, says
/// `Connection: close` if and only if the connection is closed.
Exchange exchange(std::string_view bytes);

/// For bytes that get one response.
struct SingleExchange {
  Response response;
  bool closed = false;
};

SingleExchange single_exchange(std::string_view bytes);

/// A well-formed POST to /calculate. `fields`: more header lines, each with its line end.
std::string calculate(std::string_view body, std::string_view fields = "");

/// The same with a chunked body: `chunks` is what stands on the wire.
std::string calculate_chunked(std::string_view chunks, std::string_view fields = "");

/// A well-formed GET of /health.
std::string health(std::string_view fields = "");

}  // namespace primebench
