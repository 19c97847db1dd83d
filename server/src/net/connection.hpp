#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "event_loop.hpp"
#include "primebench/http/conversation.hpp"
#include "socket.hpp"

namespace primebench {

class Worker;

/// One client's socket. Between two requests it waits for the socket to become readable and owns no buffer: it reads into,
/// and writes from, its worker's.
///
/// While it waits, its worker may remove it at any time: what it has set up to happen later, a task or a job, it does not wait
/// for meanwhile. So nothing needs to be shared or counted.
class Connection final : public EventLoop::Watcher {
public:
  using TimePoint = Conversation::TimePoint;
  using Position = std::list<Connection>::iterator;

  Connection(Worker& worker, Socket socket, TimePoint now);

  /// Must be called once, with the connection's place in its worker's list.
  void start(Position self);

  // After each of the next three the connection may be gone.

  void on_ready(EventLoop::Readiness readiness) override;

  /// Ends a wait that has lasted too long.
  void check_deadline(TimePoint now);

  /// Closes if idle; else the request under way gets its response first.
  void drain();

private:
  enum class Phase : std::uint8_t {
    exchanging,  ///< requests and responses
    lingering,   ///< everything is sent; what still comes is discarded, until the client closes too
  };
  enum class Wait : std::uint8_t { none, readable, writable };

  void wait_readable();
  void wait_for_more();
  void resume_later();
  void run_job();
  [[nodiscard]] bool read();
  void expire();
  void take(std::string_view bytes);
  void send(std::string_view bytes);
  bool write(std::string_view bytes);
  void after_sending();
  void linger();
  void remove();

  Worker& worker_;
  Socket socket_;
  Conversation conversation_;
  std::string unsent_;
  std::size_t lingered_bytes_ = 0;
  Position self_;
  TimePoint deadline_;
  Conversation::Next next_ = Conversation::Next::read;
  Phase phase_ = Phase::exchanging;
  Wait wait_ = Wait::none;
  bool may_be_readable_ = false;  // nothing says that all has been read
  bool ended_ = false;            // the kernel will tell of no more bytes
};

}  // namespace primebench
