#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "primebench/app/service.hpp"
#include "primebench/http/conversation.hpp"
#include "primebench/http/http_date.hpp"
#include "primebench/http/limits.hpp"

namespace primebench::ceiling {

/// Answers what one connection receives. `take` appends to `out` and returns whether the connection stays open.
///
/// This one answers each read with the right answer to n = 1, unread: right for a client that sends one request at a time,
/// in one piece.
class Canned {
public:
  static bool take(std::string_view /*input*/, std::string& out) {
    out.append(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n"
        R"({"n":1,"prime":2,"duration":"0s"})");
    return true;
  }
};

/// What the connections of one thread share.
class ServedThread {
public:
  explicit ServedThread(std::uint32_t max_n) noexcept : service_{max_n} {}

  [[nodiscard]] const ConversationContext& context() const noexcept { return context_; }

  Conversation::TimePoint now() noexcept { return date_.now(); }

private:
  Service service_;
  HttpDate date_;
  Limits limits_;
  ConversationContext context_{.handler = service_, .date = date_, .limits = limits_};
};

/// This one parses, calculates and replies as the reference service does, by the same library.
class Served {
public:
  explicit Served(ServedThread& shared) : shared_{shared}, conversation_{shared.context(), shared.now()} {}

  bool take(std::string_view input, std::string& out) {
    auto next = conversation_.receive(input, out, shared_.now());
    while (next == Conversation::Next::resume) {
      next = conversation_.resume(out, shared_.now());
    }
    return next == Conversation::Next::read;
  }

private:
  ServedThread& shared_;
  Conversation conversation_;
};

}  // namespace primebench::ceiling
