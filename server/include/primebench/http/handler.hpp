#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "primebench/http/problem.hpp"
#include "primebench/http/request.hpp"
#include "primebench/http/response.hpp"

namespace primebench {

/// Returns the content of a `200` that takes long to make. Any thread may run it.
using Job = std::function<std::string()>;

/// What a handler responds by: it calls one of `ok`, `text`, `problem` and `defer`, once.
class ResponseWriter {
public:
  ResponseWriter(std::string& out, const ResponseContext& context, Job& job) noexcept
      : out_{out}, context_{context}, job_{job} {}

  void ok(std::string_view json) { append_ok(out_, context_, json); }
  void text(std::string_view text) { append_text(out_, context_, text); }
  void problem(const Problem& problem) { append_problem(out_, context_, problem); }

  /// Has `job` run elsewhere, so that other connections need not wait for it.
  void defer(Job job) { job_ = std::move(job); }

  /// How long other connections had to wait for this response.
  void took(std::chrono::nanoseconds time) noexcept { time_ = time; }
  [[nodiscard]] std::chrono::nanoseconds time_taken() const noexcept { return time_; }

private:
  std::string& out_;
  const ResponseContext& context_;
  Job& job_;
  std::chrono::nanoseconds time_{0};
};

/// The application, as HTTP sees it. What HTTP itself refuses never gets here.
class Handler {
public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  Handler(Handler&&) = delete;
  Handler& operator=(Handler&&) = delete;
  virtual ~Handler() = default;

  /// The problem that a request has whatever its body, or nullptr. Asked before the body is read, which may be large, or wait
  /// for a 100.
  [[nodiscard]] virtual const Problem* check_head(const Request& request) const noexcept = 0;

  /// How long the body may be of a request whose head has no problem. Asked only where it could matter: of a body that is, or
  /// may become, longer than `usual`, the limit that was set for all.
  [[nodiscard]] virtual std::uint32_t body_bytes_max(const Request& /*request*/, std::uint32_t usual) const noexcept {
    return usual;
  }

  /// Responds to a whole request, whose head has no problem.
  virtual void handle(const Request& request, ResponseWriter& response) = 0;
};

}  // namespace primebench
