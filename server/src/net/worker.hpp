#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <string>

#include "connection.hpp"
#include "primebench/http_date.hpp"
#include "primebench/prime.hpp"
#include "primebench/service.hpp"
#include "socket.hpp"

namespace primebench {

/// One thread that serves: an event loop, its connections, and all memory that they can share because only one of them is
/// served at a time.
class Worker {
public:
  using TimePoint = Conversation::TimePoint;

  Worker(std::uint32_t max_n, Tier tier);

  /// Serves until it is told to drain and has drained.
  void run();

  // The next three may be called from any thread.
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  void adopt(Socket socket);
  void drain();

  // What follows is for this worker's connections.
  void remove(std::list<Connection>::iterator connection);
  [[nodiscard]] TimePoint now();  ///< also keeps the date right
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  [[nodiscard]] Service& service() noexcept { return service_; }
  [[nodiscard]] const HttpDate& date() const noexcept { return date_; }
  [[nodiscard]] std::span<char> read_buffer() noexcept { return read_buffer_; }
  [[nodiscard]] std::string& answers() noexcept { return answers_; }

private:
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                        boost::asio::io_context::executor_type>;

  static constexpr std::size_t read_bytes = 16'384;

  void begin_ticking();
  void tick();
  void end_if_drained();

  boost::asio::io_context context_;
  WorkGuard stay_;
  Timer ticker_;
  Service service_;
  HttpDate date_;
  TimePoint date_due_;
  std::string answers_;
  std::list<Connection> connections_;
  bool ticking_ = false;
  bool draining_ = false;
  std::array<char, read_bytes> read_buffer_;
};

}  // namespace primebench
