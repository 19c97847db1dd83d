#pragma once

#include <array>
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "event_loop.hpp"
#include "options.hpp"
#include "primebench/app/service.hpp"
#include "primebench/http/conversation.hpp"
#include "primebench/http/http_date.hpp"
#include "socket.hpp"

namespace primebench {

/// One thread that serves: an event loop, its connections, and all memory that they can share because only one of them is
/// served at a time.
class Worker {
public:
  using TimePoint = Conversation::TimePoint;

  /// `options` and `pool` outlive the worker. With a pool calculations are done there, without one by the worker itself.
  Worker(const Options& options, boost::asio::thread_pool* pool);

  /// Serves until it is told to drain and has drained.
  void run();

  // The next three may be called from any thread.
  void adopt(Socket socket);
  void drain();
  [[nodiscard]] std::uint32_t open_connections() const noexcept { return open_connections_.load(std::memory_order_relaxed); }

  // What follows is for this worker's connections.
  [[nodiscard]] EventLoop& loop() noexcept { return loop_; }
  void remove(std::list<Connection>::iterator connection);
  [[nodiscard]] TimePoint now() noexcept { return date_.now(); }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  [[nodiscard]] const ConversationContext& conversation_context() const noexcept { return conversation_context_; }
  [[nodiscard]] std::chrono::seconds write_timeout() const noexcept { return options_.write_timeout; }
  /// Runs `job` in the pool; `done` is called on the worker's own thread.
  void run_elsewhere(Job job, std::function<void(std::string_view json)> done);
  [[nodiscard]] std::span<char> read_buffer() noexcept { return read_buffer_; }
  [[nodiscard]] std::string& responses() noexcept { return responses_; }

private:
  static constexpr std::size_t read_bytes = 16'384;

  template <typename Action>
  void for_each_connection(Action action);
  void begin_ticking();
  void tick();
  void end_if_drained();

  const Options& options_;
  EventLoop loop_;
  boost::asio::thread_pool* pool_;
  Service service_;
  HttpDate date_;
  ConversationContext conversation_context_;
  std::string responses_;
  std::list<Connection> connections_;
  std::atomic<std::uint32_t> open_connections_{0};  // handed over and not yet removed
  bool ticking_ = false;
  bool draining_ = false;
  std::array<char, read_bytes> read_buffer_;
};

}  // namespace primebench
