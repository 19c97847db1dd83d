#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "report.hpp"
#include "response_reader.hpp"
#include "rows.hpp"
#include "schedule.hpp"
#include "transport.hpp"

namespace primebench::load {

/// One connection, with at most one request under way.
struct Connection {
  enum class State : std::uint8_t { closed, opening, idle, sending, receiving };

  Connection(const Address& address, const Tls& tls);

  Transport transport;
  ResponseReader reader;
  /// Bytes received that the reader has not used up.
  std::vector<char> buffer;
  std::size_t held = 0;
  std::string_view unsent;
  Row row{};
  const Request* request = nullptr;
  std::int64_t retry_ns = 0;
  std::uint32_t watched = 0;
  State state = State::closed;
};

/// The connections of one thread, on one epoll.
class Worker {
public:
  Worker(const Options& options, std::size_t connections, const Address& address, const Tls& tls, Schedule& schedule,
         RowFile& rows, std::size_t kinds);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  Worker(Worker&&) = delete;
  Worker& operator=(Worker&&) = delete;

  /// Send what the schedule has until it is over and all responses are there, or the patience for them is.
  void run();

  [[nodiscard]] const Counts& counts() const { return counts_; }

private:
  void take_up_due(std::int64_t now);
  void next_entry(std::int64_t now);
  Connection& next_free();
  void wait(std::int64_t now);
  [[nodiscard]] std::int64_t timeout_ns(std::int64_t now) const;
  void retry(std::int64_t now);
  void retry_in(Connection& connection, std::int64_t after_ns);
  void give_up();

  void make_free(Connection& connection);
  void assign(Connection& connection, const Schedule::Entry& entry, bool waited);
  void open(Connection& connection);
  void opened(Connection& connection, Progress progress);
  void begin(Connection& connection);
  void send(Connection& connection);
  /// Whether the exchange has ended, well or not.
  bool receive(Connection& connection);
  static void take(Connection& connection, std::size_t received);
  void on_ready(Connection& connection);
  void on_idle(Connection& connection);
  void finish(Connection& connection);
  void fail(Connection& connection, const std::string& what);
  void watch(Connection& connection, std::uint32_t events) const;
  void close(Connection& connection);

  const Options& options_;
  std::int64_t spin_ns_;
  Schedule& schedule_;
  RowWriter rows_;
  Counts counts_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::deque<Connection*> free_;
  std::vector<Connection*> waiting_to_retry_;
  /// Of an open loop: what is due and has found no free connection, oldest first; and what is due next.
  std::deque<Schedule::Entry> backlog_;
  std::optional<Schedule::Entry> upcoming_;
  std::size_t under_way_ = 0;
  std::int64_t over_since_ns_ = 0;
  int epoll_;
};

}  // namespace primebench::load
