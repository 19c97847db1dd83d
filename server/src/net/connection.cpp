#include "connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

#include "worker.hpp"

namespace primebench {
namespace {

using boost::system::error_code;

/// How long a closing connection waits for the client to close too. Closing at once would make the kernel answer what the
/// client still sends with a reset, and the reset can overtake the response (RFC 9112 section 9.6).
constexpr std::chrono::seconds linger_timeout{2};

/// And how much it reads of what still comes: beyond that the client is not one that will look at the response.
constexpr std::size_t linger_bytes_max = 64UL * 1'024 * 1'024;

bool would_block(const error_code& error) noexcept {
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

}  // namespace

Connection::Connection(Worker& worker, Socket socket, TimePoint now)
    : worker_{worker}, socket_{std::move(socket)}, conversation_{worker.conversation_context(), now}, deadline_{now} {}

void Connection::start(Position self) {
  self_ = self;
  deadline_ = conversation_.deadline();
  wait_ = Wait::readable;
  error_code error;
  socket_.set_no_delay(error);
  if (!error) {
    worker_.loop().watch(socket_, *this, error);
  }
  if (error) {  // the client has gone already, or the kernel has no memory
    remove();
  }
}

void Connection::on_ready(EventLoop::Readiness readiness) {
  may_be_readable_ = may_be_readable_ || readiness.readable;
  ended_ = ended_ || readiness.ended;
  if (wait_ == Wait::writable && readiness.writable) {
    wait_ = Wait::none;
    write(std::exchange(unsent_, {}));
  } else if (wait_ == Wait::readable && may_be_readable_ && !read()) {
    wait_for_more();
  }
}

/// What has come, but not been told yet, has come in time.
void Connection::check_deadline(TimePoint now) {
  if (wait_ == Wait::none || now < deadline_) {
    return;
  }
  if (wait_ == Wait::writable || phase_ == Phase::lingering) {
    remove();
  } else if (!read()) {
    expire();
  }
}

void Connection::drain() {
  conversation_.drain();
  if (wait_ == Wait::readable && phase_ == Phase::exchanging && !read()) {
    wait_for_more();
  }
}

/// Where more may be there than has been read, the worker's other connections have their turn first.
void Connection::wait_readable() {
  if (!may_be_readable_) {
    wait_ = Wait::readable;
    return;
  }
  worker_.loop().post([this] {
    if (!read()) {
      wait_for_more();
    }
  });
}

/// Nothing is there to read.
void Connection::wait_for_more() {
  if (worker_.draining() && phase_ == Phase::exchanging && conversation_.is_idle()) {
    remove();
  } else {
    wait_ = Wait::readable;
  }
}

/// Lets the worker's other connections have their turn first.
void Connection::resume_later() {
  worker_.loop().post([this] {
    worker_.responses().clear();
    next_ = conversation_.resume(worker_.responses(), worker_.now());
    send(worker_.responses());
  });
}

/// Nothing is read meanwhile: what a client pipelines behind a long job waits in the kernel.
void Connection::run_job() {
  worker_.run_elsewhere(conversation_.take_job(), [this](std::string_view json) {
    worker_.responses().clear();
    next_ = conversation_.complete(json, worker_.responses(), worker_.now());
    send(worker_.responses());
  });
}

/// Takes what has come. Returns false if nothing has; if not, this connection may be gone.
bool Connection::read() {
  wait_ = Wait::none;
  error_code error;
  const auto buffer = worker_.read_buffer();
  const std::size_t bytes = socket_.read_some(buffer, error);
  // After a read that filled less than its room the kernel tells of what comes next (epoll(7)), but not again of an end.
  may_be_readable_ = bytes == buffer.size() || (bytes > 0 && ended_);
  if (would_block(error)) {
    return false;
  }
  bytes > 0 ? take({buffer.data(), bytes}) : remove();  // the end: a client that has closed its half waits for no more
  return true;
}

void Connection::expire() {
  worker_.responses().clear();
  next_ = conversation_.expire(worker_.responses());
  send(worker_.responses());
}

/// Everything that has arrived is taken before anything is sent: pipelined requests get one write for many responses.
void Connection::take(std::string_view bytes) {
  if (phase_ == Phase::lingering) {
    lingered_bytes_ += bytes.size();
    const bool is_enough = lingered_bytes_ > linger_bytes_max || worker_.now() >= deadline_;
    is_enough ? remove() : wait_readable();
    return;
  }
  worker_.responses().clear();
  next_ = conversation_.receive(bytes, worker_.responses(), worker_.now());
  send(worker_.responses());
}

/// Sends responses within one deadline in total: a client that takes a byte now and then gains nothing.
void Connection::send(std::string_view bytes) {
  if (write(bytes)) {
    deadline_ = worker_.now() + worker_.write_timeout();
  }
}

/// Writes what the socket takes, and goes on once all is written. Returns whether the rest has to wait; if not, this connection
/// may be gone.
bool Connection::write(std::string_view bytes) {
  error_code error;
  while (!bytes.empty() && !error) {
    bytes.remove_prefix(socket_.write_some(bytes, error));
  }
  if (bytes.empty()) {
    after_sending();
    return false;
  }
  if (!would_block(error)) {
    remove();
    return false;
  }
  unsent_ = bytes;
  wait_ = Wait::writable;
  return true;
}

void Connection::after_sending() {
  switch (next_) {
    case Conversation::Next::resume:
      resume_later();
      return;
    case Conversation::Next::run_job:
      run_job();
      return;
    case Conversation::Next::close:
      linger();
      return;
    case Conversation::Next::read:
      break;
  }
  deadline_ = conversation_.deadline();
  if (!worker_.draining() || !conversation_.is_idle()) {
    wait_readable();
  } else if (!read()) {  // a request may have come meanwhile
    remove();
  }
}

void Connection::linger() {
  error_code error;
  socket_.shutdown_send(error);
  if (error) {
    remove();
    return;
  }
  phase_ = Phase::lingering;
  deadline_ = worker_.now() + linger_timeout;
  wait_readable();
}

/// The last thing that a connection does: it is gone when this returns.
void Connection::remove() { worker_.remove(self_); }

}  // namespace primebench
