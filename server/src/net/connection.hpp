#pragma once

#include <array>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "primebench/http/conversation.hpp"
#include "socket.hpp"

namespace primebench {

class Worker;

/// One client's socket. Between two requests it waits for the socket to become readable and owns no buffer: it reads into,
/// and writes from, its worker's.
///
/// At most one asynchronous operation is under way at any time, and its handler is the only place where the connection is
/// driven on or removed; `expire` and `drain` from outside merely cancel the wait. So nothing needs to be shared or counted.
class Connection {
public:
  using TimePoint = Conversation::TimePoint;
  using Position = std::list<Connection>::iterator;

  Connection(Worker& worker, Socket socket, TimePoint now);

  /// Must be called once, with the connection's place in its worker's list.
  void start(Position self);

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

  /// Room for a usual request: head and body of one have about 200 bytes.
  static constexpr std::size_t first_bytes_max = 512;

  void start_read();
  void wait_writable();
  void resume_later();
  void run_job();
  void on_read(const boost::system::error_code& error, std::string_view bytes);
  void on_writable();
  void expire();
  void read_pending();
  void take(std::string_view bytes);
  [[nodiscard]] std::string_view with_rest(std::string_view first_bytes);
  void send(std::string_view bytes);
  bool write(std::string_view bytes);
  void after_sending();
  void linger();
  void remove();

  [[nodiscard]] bool take_expired() noexcept;

  Worker& worker_;
  Socket socket_;
  Conversation conversation_;
  std::array<char, first_bytes_max> first_bytes_;
  std::string unsent_;
  std::size_t lingered_bytes_ = 0;
  Position self_;
  TimePoint deadline_;
  Conversation::Next next_ = Conversation::Next::read;
  Phase phase_ = Phase::exchanging;
  Wait wait_ = Wait::none;
  bool expired_ = false;
};

}  // namespace primebench
