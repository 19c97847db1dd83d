#include "worker.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <system_error>

#include "clock.hpp"

namespace primebench::load {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{32} * 1024;
static_assert(buffer_bytes > ResponseReader::header_limit);
/// After a connection could not be made: a server that is not there is asked a hundred times a second, not as often as fits.
constexpr std::int64_t retry_after_ns = 10'000'000;
/// A server accepts connections within less; TCP would have its clients wait.
constexpr std::int64_t room_after_ns = 1'000'000;
constexpr std::size_t events_at_once = 512;

int made_epoll() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) {
    throw std::system_error{errno, std::generic_category(), "epoll"};
  }
  return epoll;
}

}  // namespace

Connection::Connection(const Address& address, const Tls& tls) : transport{address, tls}, buffer(buffer_bytes) {}

Worker::Worker(const Options& options, std::size_t connections, const Address& address, const Tls& tls, Schedule& schedule,
               RowFile& rows, std::size_t kinds)
    : options_{options},
      spin_ns_{std::chrono::nanoseconds{options.spin}.count()},
      schedule_{schedule},
      rows_{rows},
      epoll_{made_epoll()} {
  counts_.begun.resize(kinds);
  for (std::size_t number = 0; number < connections; ++number) {
    free_.push_back(connections_.emplace_back(std::make_unique<Connection>(address, tls)).get());
  }
}

Worker::~Worker() { ::close(epoll_); }

void Worker::run() {
  // A timer may be late by 50 µs otherwise, which is what an open loop's requests would be late by.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  const std::int64_t patience_ns = std::chrono::nanoseconds{options_.patience}.count();
  while (true) {
    const std::int64_t now = now_ns();
    retry(now);
    take_up_due(now);
    if (over_since_ns_ != 0 && under_way_ == 0 && backlog_.empty()) {
      return;
    }
    if (over_since_ns_ != 0 && now > over_since_ns_ + patience_ns) {
      give_up();
      return;
    }
    wait(now);
  }
}

/// Hand what is due to free connections. A closed loop's next request is due as soon as a connection is free.
void Worker::take_up_due(std::int64_t now) {
  if (!schedule_.is_open()) {
    while (!free_.empty() && over_since_ns_ == 0) {
      next_entry(now);
      if (upcoming_) {
        assign(next_free(), *upcoming_, false);
      }
    }
    return;
  }
  while (!backlog_.empty() && !free_.empty()) {
    const Schedule::Entry entry = backlog_.front();
    backlog_.pop_front();
    assign(next_free(), entry, true);
  }
  if (!upcoming_ && over_since_ns_ == 0) {
    next_entry(now);
  }
  while (upcoming_ && upcoming_->due_ns <= now_ns()) {
    if (free_.empty()) {
      backlog_.push_back(*upcoming_);
    } else {
      assign(next_free(), *upcoming_, false);
    }
    next_entry(now);
  }
}

/// The one that has been free for longest: an open loop at a low rate uses all of them, too.
Connection& Worker::next_free() {
  Connection& connection = *free_.front();
  free_.pop_front();
  return connection;
}

void Worker::next_entry(std::int64_t now) {
  upcoming_ = schedule_.next(now);
  if (!upcoming_) {
    over_since_ns_ = now;
  }
}

std::int64_t Worker::timeout_ns(std::int64_t now) const {
  std::int64_t until = now + ns_in_s;
  if (upcoming_ && schedule_.is_open()) {
    until = std::min(until, upcoming_->due_ns - spin_ns_);
  }
  for (const Connection* const connection : waiting_to_retry_) {
    until = std::min(until, connection->retry_ns);
  }
  return std::max<std::int64_t>(until - now_ns(), 0);
}

void Worker::wait(std::int64_t now) {
  std::array<epoll_event, events_at_once> events{};
  const std::int64_t wait_ns = timeout_ns(now);
  const timespec timeout{.tv_sec = wait_ns / ns_in_s, .tv_nsec = wait_ns % ns_in_s};
  const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  if (count < 0 && errno != EINTR) {
    throw std::system_error{errno, std::generic_category(), "epoll"};
  }
  for (const epoll_event& event : std::span{events}.first(static_cast<std::size_t>(std::max(count, 0)))) {
    on_ready(*static_cast<Connection*>(event.data.ptr));
    if (upcoming_ && schedule_.is_open() && upcoming_->due_ns <= now_ns()) {
      take_up_due(now_ns());
    }
  }
}

void Worker::retry(std::int64_t now) {
  std::vector<Connection*> due;
  std::erase_if(waiting_to_retry_, [&](Connection* connection) {
    if (connection->retry_ns > now) {
      return false;
    }
    due.push_back(connection);
    return true;
  });
  for (Connection* const connection : due) {
    if (connection->request == nullptr) {
      free_.push_back(connection);
    } else {
      open(*connection);
    }
  }
}

void Worker::give_up() {
  for (const auto& connection : connections_) {
    if (connection->request != nullptr) {
      ++counts_.errors["no response in time"];
    }
  }
  if (!backlog_.empty()) {
    counts_.errors["never sent: all connections were waiting for responses"] += backlog_.size();
  }
}

void Worker::assign(Connection& connection, const Schedule::Entry& entry, bool waited) {
  connection.request = entry.request;
  connection.row = {.due_ns = entry.due_ns,
                    .start_ns = 0,
                    .end_ns = 0,
                    .body_bytes = 0,
                    .status = 0,
                    .kind = entry.request->kind,
                    .waited = waited ? std::uint8_t{1} : std::uint8_t{0}};
  ++under_way_;
  ++counts_.begun[entry.request->kind];
  if (connection.transport.is_open()) {
    begin(connection);
  } else {
    open(connection);
  }
}

void Worker::open(Connection& connection) {
  if (connection.state != Connection::State::opening) {  // else it has waited for room, which is part of its latency
    if (options_.reconnects) {
      connection.row.start_ns = now_ns();
    }
    ++counts_.connections;
    connection.state = Connection::State::opening;
  }
  connection.held = 0;
  connection.watched = 0;
  opened(connection, connection.transport.open());
}

void Worker::opened(Connection& connection, Progress progress) {
  switch (progress) {
    case Progress::done:
      begin(connection);
      return;
    case Progress::wants_read:
      watch(connection, EPOLLIN);
      return;
    case Progress::wants_write:
      watch(connection, EPOLLOUT);
      return;
    case Progress::wants_room:
      retry_in(connection, room_after_ns);
      return;
    case Progress::closed:
      fail(connection, "connection closed while it was made");
      return;
    case Progress::failed:
      fail(connection, connection.transport.fault());
      return;
  }
}

void Worker::begin(Connection& connection) {
  connection.unsent = connection.request->bytes;
  connection.reader.start(connection.request->is_head);
  if (!options_.reconnects) {
    connection.row.start_ns = now_ns();
  }
  if (!schedule_.is_open()) {
    connection.row.due_ns = connection.row.start_ns;
  }
  send(connection);
}

void Worker::send(Connection& connection) {
  connection.state = Connection::State::sending;
  switch (connection.transport.send(connection.unsent)) {
    case Progress::done:
      connection.state = Connection::State::receiving;
      watch(connection, EPOLLIN);
      return;
    case Progress::wants_read:
      watch(connection, EPOLLIN);
      return;
    case Progress::wants_write:
      watch(connection, EPOLLIN | EPOLLOUT);  // a server may answer before it has read all, and stop reading
      return;
    case Progress::closed:
      if (!receive(connection)) {  // what was said before it was closed
        fail(connection, "connection closed before the response");
      }
      return;
    case Progress::wants_room:
    case Progress::failed:
      fail(connection, connection.transport.fault());
      return;
  }
}

void Worker::on_ready(Connection& connection) {
  switch (connection.state) {
    case Connection::State::opening:
      opened(connection, connection.transport.establish());
      return;
    case Connection::State::sending:
      if (!receive(connection)) {
        send(connection);
      }
      return;
    case Connection::State::receiving:
      receive(connection);
      return;
    case Connection::State::idle:
      on_idle(connection);
      return;
    case Connection::State::closed:
      return;
  }
}

/// A server that says something that nobody asked for has no connection any more. What TLS says for itself is no such thing.
void Worker::on_idle(Connection& connection) {
  std::size_t size = 0;
  if (connection.transport.receive(connection.buffer, size) != Progress::wants_read) {
    close(connection);
  }
}

bool Worker::receive(Connection& connection) {
  while (true) {
    std::size_t size = 0;
    const auto space = std::span{connection.buffer}.subspan(connection.held);
    const Progress progress = connection.transport.receive(space, size);
    if (progress == Progress::wants_read || progress == Progress::wants_write) {
      return false;
    }
    if (progress == Progress::failed) {
      fail(connection, connection.transport.fault());
      return true;
    }
    if (progress == Progress::closed) {
      connection.reader.end();
    } else {
      take(connection, size);
    }
    if (!connection.reader.fault().empty()) {
      fail(connection, connection.reader.fault());
      return true;
    }
    if (connection.reader.response()) {
      finish(connection);
      return true;
    }
    if (!connection.transport.holds_more()) {
      return false;
    }
  }
}

/// Let the reader use what has been received, and keep what it leaves.
void Worker::take(Connection& connection, std::size_t received) {
  connection.held += received;
  const std::size_t used = connection.reader.take({connection.buffer.data(), connection.held});
  connection.held -= used;
  if (connection.held > 0) {
    std::memmove(connection.buffer.data(), connection.buffer.data() + used, connection.held);
  }
}

void Worker::finish(Connection& connection) {
  if (connection.held > 0) {
    fail(connection, "malformed response: more bytes than it says");
    return;
  }
  const Response response = *connection.reader.response();
  connection.row.end_ns = now_ns();
  connection.row.status = response.status;
  connection.row.body_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(response.body_bytes, UINT32_MAX));
  rows_.add(connection.row);
  if (options_.reconnects || !response.keeps_alive || !connection.unsent.empty()) {
    close(connection);
  }
  make_free(connection);
}

void Worker::fail(Connection& connection, const std::string& what) {
  ++counts_.errors[what];
  const bool was_open = connection.state != Connection::State::opening;
  close(connection);
  connection.request = nullptr;
  --under_way_;
  if (was_open) {
    free_.push_back(&connection);
  } else {
    retry_in(connection, retry_after_ns);
  }
}

void Worker::retry_in(Connection& connection, std::int64_t after_ns) {
  connection.retry_ns = now_ns() + after_ns;
  waiting_to_retry_.push_back(&connection);
}

/// A connection that is done with its request takes the next one at once: it is what a client in a closed loop does.
void Worker::make_free(Connection& connection) {
  connection.request = nullptr;
  --under_way_;
  if (connection.transport.is_open()) {
    connection.state = Connection::State::idle;
  }
  if (!schedule_.is_open() && over_since_ns_ == 0) {
    next_entry(now_ns());
    if (upcoming_) {
      assign(connection, *upcoming_, false);
      return;
    }
  }
  free_.push_back(&connection);
}

void Worker::watch(Connection& connection, std::uint32_t events) const {
  if (connection.watched == events) {
    return;
  }
  epoll_event event{};
  event.events = events;
  event.data.ptr = &connection;
  const int operation = connection.watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (::epoll_ctl(epoll_, operation, connection.transport.fd(), &event) != 0) {
    throw std::system_error{errno, std::generic_category(), "epoll"};
  }
  connection.watched = events;
}

void Worker::close(Connection& connection) {
  connection.transport.close();
  connection.watched = 0;
  connection.held = 0;
  connection.state = Connection::State::closed;
}

}  // namespace primebench::load
