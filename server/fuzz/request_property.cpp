#include "request_property.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "primebench/app/service.hpp"
#include "primebench/http/conversation.hpp"
#include "response_reader.hpp"
#include "violation.hpp"

namespace primebench {
namespace {

using Next = Conversation::Next;

constexpr std::uint32_t max_n = 50;  // what is tested is not the calculation
constexpr std::string_view date_text = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view good_request = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";

/// With what the server is asked, and in which pieces.
struct Plan {
  Limits limits;
  std::vector<std::size_t> reads;
  std::string_view stream;
};

/// Sizes that an editor shows: '0' is one byte, '9' ten, 'A' eighteen, 'z' seventy-five.
std::size_t read_size(char c) noexcept { return 1 + static_cast<unsigned char>(c - '0'); }

Limits limits_of(char choice) noexcept {
  constexpr unsigned as_served = 1;
  constexpr unsigned two_requests = 2;
  const auto bits = static_cast<unsigned char>(choice - '0');
  Limits limits;
  if ((bits & as_served) == 0) {
    // Limits that short streams reach.
    limits.header_bytes = 160;
    limits.body_bytes = 48;
  }
  limits.requests = (bits & two_requests) == 0 ? 0 : 2;
  return limits;
}

Plan plan_of(std::string_view input) {
  const std::string_view line = input.substr(0, input.find('\n'));
  Plan plan{.limits = limits_of(line.empty() ? '0' : line.front()), .reads = {}, .stream = input};
  plan.stream.remove_prefix(std::min(line.size() + 1, input.size()));
  for (const char c : line.substr(std::min<std::size_t>(1, line.size()))) {
    plan.reads.push_back(read_size(c));
  }
  return plan;
}

/// What a client gets to see, but for how long the calculations took.
struct Transcript {
  std::vector<Response> responses;
  bool closed = false;
  bool idle = false;

  friend bool operator==(const Transcript&, const Transcript&) = default;
};

/// The most bytes that may stay without a response, a 100 included: of a request, and of empty lines before it. More have to be
/// refused. Only a stream that names the orders' path can have their longer bodies in it.
std::size_t unanswered_bytes_max(const Limits& limits, bool has_order) noexcept {
  const std::uint32_t body_bytes = has_order ? order_bytes_max : limits.body_bytes;
  return 3 * std::size_t{limits.header_bytes} + chunked_wire_bytes(body_bytes) + 3;
}

/// One connection. The clock stands still.
class Connection {
public:
  Connection(const ConversationContext& context, std::string_view stream)
      : conversation_{context, {}},
        unanswered_bytes_max_{unanswered_bytes_max(context.limits, stream.find(orders_path) != std::string_view::npos)} {}

  void read(std::string_view bytes) {
    // In memory of exactly their size, which is gone afterwards, for AddressSanitizer to watch.
    const std::vector<char> input(bytes.begin(), bytes.end());
    const std::size_t answered = out_.size();
    go_on(conversation_.receive({input.data(), input.size()}, out_, {}));
    unanswered_bytes_ = out_.size() > answered ? 0 : unanswered_bytes_ + bytes.size();
    require(is_closed() || unanswered_bytes_ <= unanswered_bytes_max_,
            "what is over the limits is refused, and so what is kept of it is bounded");
  }

  [[nodiscard]] bool is_closed() const noexcept { return next_ == Next::close; }

  /// Ends the conversation in the way its state asks for.
  Transcript finish(std::string_view unread) {
    Transcript transcript{.responses = responses(), .closed = is_closed(), .idle = !is_closed() && conversation_.is_idle()};
    check_persistence(transcript);
    if (transcript.closed) {
      check_silence(unread);
    } else if (transcript.idle) {
      check_that_it_goes_on(transcript);
    } else {
      check_timeout(transcript);
    }
    return transcript;
  }

private:
  void go_on(Next next) {
    next_ = next;
    while (next_ == Next::resume || next_ == Next::run_job) {
      next_ =
          next_ == Next::resume ? conversation_.resume(out_, {}) : conversation_.complete(conversation_.take_job()(), out_, {});
    }
  }

  [[nodiscard]] std::vector<Response> responses() const { return read_responses(out_, {.date = date_text, .max_n = max_n}); }

  static void check_persistence(const Transcript& transcript) {
    for (const Response& response : transcript.responses) {
      const bool is_last = &response == &transcript.responses.back();
      require((response.connection == "close") == (is_last && transcript.closed),
              "the last response, and no other, says close, if and only if the connection closes");
      require(response.status != 408, "before the deadline nothing times out");
    }
    require(!transcript.closed || !transcript.responses.empty(), "no connection closes without a response");
    const auto interim = static_cast<std::size_t>(std::ranges::count_if(transcript.responses, &Response::is_interim));
    const std::size_t final_responses = transcript.responses.size() - interim;
    const std::size_t open_requests = transcript.closed || transcript.idle ? 0 : 1;
    require(interim <= final_responses + open_requests, "each 100 belongs to a request of its own");
  }

  void check_silence(std::string_view unread) {
    const std::size_t before = out_.size();
    if (!unread.empty()) {
      read(unread);
    }
    read(good_request);
    go_on(conversation_.resume(out_, {}));
    require(out_.size() == before && is_closed(), "nothing is answered after the close");
  }

  /// An idle connection has taken every byte for a request that got its response: a good one now gets a good one.
  void check_that_it_goes_on(const Transcript& transcript) {
    read(good_request);
    const std::vector<Response> all = responses();
    require(all.size() == transcript.responses.size() + 1 && all.back().status == 200,
            "an idle connection answers the next request");
    if (is_closed()) {
      return;
    }
    const std::size_t before = out_.size();
    next_ = conversation_.expire(out_);
    require(out_.size() == before && is_closed(), "an idle connection expires without a word");
  }

  void check_timeout(const Transcript& transcript) {
    next_ = conversation_.expire(out_);
    const std::vector<Response> all = responses();
    require(is_closed() && all.size() == transcript.responses.size() + 1, "a request that stalls gets one response");
    require(all.back().status == 408 && all.back().connection == "close", "and that is a 408");
    check_silence({});
  }

  Conversation conversation_;
  std::string out_;
  std::size_t unanswered_bytes_max_;
  std::size_t unanswered_bytes_ = 0;
  Next next_ = Next::read;
};

/// `reads`: how long they are, over and over; empty: as long as they can be.
Transcript converse(const ConversationContext& context, std::string_view stream, const std::vector<std::size_t>& reads) {
  Connection connection{context, stream};
  for (std::size_t i = 0; !stream.empty() && !connection.is_closed(); ++i) {
    const std::size_t size = reads.empty() ? stream.size() : std::min(reads[i % reads.size()], stream.size());
    connection.read(stream.substr(0, size));
    stream.remove_prefix(size);
  }
  return connection.finish(stream);
}

/// A client that sends a byte a second: whatever the bytes are, the time from one response to the next, or to the end, is
/// bounded.
void check_patience(const ConversationContext& context, std::string_view stream) {
  const Limits& limits = context.limits;
  const auto longest = limits.idle_timeout + limits.header_timeout + limits.body_timeout;
  Conversation::TimePoint now;
  Conversation::TimePoint answered = now;
  Conversation conversation{context, now};
  std::string out;
  for (const char c : stream) {
    now += std::chrono::seconds{1};
    if (now >= conversation.deadline()) {
      require(conversation.expire(out) == Next::close, "the deadline ends the conversation");
      return;
    }
    out.clear();
    Next next = conversation.receive({&c, 1}, out, now);
    while (next == Next::resume) {
      next = conversation.resume(out, now);
    }
    if (next == Next::close) {
      return;
    }
    answered = out.empty() ? answered : now;
    require(conversation.deadline() <= answered + longest, "a client gains no time by sending little");
    require(conversation.is_idle() || conversation.deadline() <= now + std::max(limits.header_timeout, limits.body_timeout),
            "what has begun must end soon");
  }
}

/// Only a response to HEAD is without its content, and only a request with that word in it can be one.
void check_omissions(const Transcript& transcript, std::string_view stream) {
  constexpr std::string_view head = "HEAD ";
  std::ptrdiff_t heads = 0;
  for (std::size_t at = stream.find(head); at != std::string_view::npos; at = stream.find(head, at + 1)) {
    ++heads;
  }
  require(std::ranges::count_if(transcript.responses, &Response::content_omitted) <= heads,
          "only a response to HEAD is without content");
}

}  // namespace

void check_request(std::string_view input) {
  const Plan plan = plan_of(input);
  // One decoder for several conversations: none may depend on what it has decoded before.
  Service service{max_n};
  Service offloading{max_n, nth_prime, true};
  HttpDate date;
  date.set(std::chrono::sys_seconds{std::chrono::seconds{784'111'777}});
  const ConversationContext inline_context{.handler = service, .date = date, .limits = plan.limits};
  const ConversationContext offload_context{.handler = offloading, .date = date, .limits = plan.limits};

  const Transcript expected = converse(inline_context, plan.stream, {});
  check_omissions(expected, plan.stream);
  require(converse(inline_context, plan.stream, plan.reads) == expected, "responses do not depend on how reads are cut");
  require(converse(inline_context, plan.stream, {1}) == expected, "responses do not depend on cuts at every byte");
  require(converse(offload_context, plan.stream, {}) == expected, "responses do not depend on who calculates");
  require(converse(offload_context, plan.stream, plan.reads) == expected, "nor on both, cuts and who calculates");
  check_patience(inline_context, plan.stream);
}

}  // namespace primebench
