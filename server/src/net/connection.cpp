#include "connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
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

// NOLINTNEXTLINE(*-member-init): the first bytes are written before they are read
Connection::Connection(Worker& worker, Socket socket, TimePoint now)
    : worker_{worker}, socket_{std::move(socket)}, conversation_{worker.conversation_context(), now}, deadline_{now} {}

void Connection::start(Position self) {
  self_ = self;
  error_code error;
  socket_.non_blocking(true, error);
  if (!error) {
    socket_.set_option(boost::asio::ip::tcp::no_delay{true}, error);
  }
  if (error) {  // the client has gone already
    remove();
    return;
  }
  deadline_ = conversation_.deadline();
  start_read();
}

void Connection::check_deadline(TimePoint now) {
  if (wait_ != Wait::none && now >= deadline_) {
    expired_ = true;
    error_code ignored;  // the wait's handler runs in any case
    socket_.cancel(ignored);
  }
}

void Connection::drain() {
  conversation_.drain();
  if (wait_ == Wait::readable && phase_ == Phase::exchanging) {
    error_code ignored;
    socket_.cancel(ignored);
  }
}

/// Asio re-arms epoll with a system call for every `async_wait`, but not for a read that took less than it had room for: so
/// the first bytes are read into the connection's own buffer, and what does not fit there into the worker's.
void Connection::start_read() {
  wait_ = Wait::readable;
  socket_.async_read_some(boost::asio::buffer(first_bytes_),
                          [this](const error_code& error, std::size_t bytes) { on_read(error, {first_bytes_.data(), bytes}); });
}

void Connection::wait_writable() {
  wait_ = Wait::writable;
  socket_.async_wait(Socket::wait_write, [this](const error_code& /*send() will tell*/) { on_writable(); });
}

/// Lets the worker's other connections have their turn first.
void Connection::resume_later() {
  boost::asio::post(socket_.get_executor(), [this] {
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

bool Connection::take_expired() noexcept { return std::exchange(expired_, false); }

void Connection::on_read(const error_code& error, std::string_view bytes) {
  wait_ = Wait::none;
  const bool expired = take_expired();
  const bool is_over = expired && phase_ == Phase::lingering;
  if (!bytes.empty() && !is_over) {  // they came in time
    take(bytes.size() < first_bytes_.size() ? bytes : with_rest(bytes));
  } else if (expired) {
    expire();
  } else if (error == boost::asio::error::operation_aborted) {
    read_pending();  // drain: is there anything left to respond to?
  } else {
    remove();  // end of file included: a client that has closed its half is not waiting for more
  }
}

void Connection::expire() {
  if (phase_ == Phase::lingering) {
    remove();
    return;
  }
  worker_.responses().clear();
  next_ = conversation_.expire(worker_.responses());
  send(worker_.responses());
}

/// Everything that has arrived is taken before anything is sent: pipelined requests get one write for many responses.
void Connection::take(std::string_view bytes) {
  if (phase_ == Phase::lingering) {
    lingered_bytes_ += bytes.size();
    lingered_bytes_ > linger_bytes_max ? remove() : start_read();
    return;
  }
  worker_.responses().clear();
  next_ = conversation_.receive(bytes, worker_.responses(), worker_.now());
  send(worker_.responses());
}

/// What did not fit into the connection's own buffer, after what did: in one piece, so that no request need be kept in parts.
/// An error is left for the next read to find.
std::string_view Connection::with_rest(std::string_view first_bytes) {
  error_code error;
  const auto buffer = worker_.read_buffer();
  const std::size_t first = first_bytes.copy(buffer.data(), buffer.size());
  const std::size_t rest = socket_.read_some(boost::asio::buffer(buffer.data() + first, buffer.size() - first), error);
  return {buffer.data(), first + rest};
}

void Connection::on_writable() {
  wait_ = Wait::none;
  if (take_expired()) {
    remove();
    return;
  }
  write(std::exchange(unsent_, {}));
}

/// Reads what has arrived, without waiting.
void Connection::read_pending() {
  error_code error;
  const auto buffer = worker_.read_buffer();
  const std::size_t bytes = socket_.read_some(boost::asio::buffer(buffer.data(), buffer.size()), error);
  if (would_block(error)) {
    const bool finished = worker_.draining() && phase_ == Phase::exchanging && conversation_.is_idle();
    finished ? remove() : start_read();
  } else if (error) {
    remove();
  } else {
    take({buffer.data(), bytes});
  }
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
    bytes.remove_prefix(socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error));
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
  wait_writable();
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
  if (worker_.draining() && conversation_.is_idle()) {
    read_pending();  // a request may have come meanwhile
    return;
  }
  deadline_ = conversation_.deadline();
  start_read();
}

void Connection::linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) {
    remove();
    return;
  }
  phase_ = Phase::lingering;
  deadline_ = worker_.now() + linger_timeout;
  read_pending();
}

/// The last thing that a connection does: it is gone when this returns.
void Connection::remove() { worker_.remove(self_); }

}  // namespace primebench
