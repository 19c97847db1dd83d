#include "listener.hpp"

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

namespace primebench {
namespace {

using boost::system::error_code;
namespace errc = boost::system::errc;

/// How long to let connections end when no more can be opened.
constexpr std::chrono::milliseconds retry_after{100};

bool is_out_of_resources(const error_code& error) {
  return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system || error == errc::no_buffer_space ||
         error == errc::not_enough_memory;
}

}  // namespace

Listener::Listener(boost::asio::io_context& context, const Endpoint& endpoint, std::span<const std::unique_ptr<Worker>> workers,
                   std::uint32_t connections_max)
    : acceptor_{context}, retry_{context}, workers_{workers}, connections_max_{connections_max} {
  acceptor_.open(endpoint.protocol());
  // So that a restart need not wait for connections in TIME_WAIT; two listeners on one port stay impossible on Linux.
  acceptor_.set_option(boost::asio::socket_base::reuse_address{true});
  acceptor_.bind(endpoint);
  acceptor_.listen(boost::asio::socket_base::max_listen_connections);
  acceptor_.non_blocking(true);
}

void Listener::stop() {
  accept_all();
  error_code ignored;  // the process is about to end
  acceptor_.close(ignored);
  retry_.cancel();
}

void Listener::wait() {
  acceptor_.async_wait(boost::asio::socket_base::wait_read, [this](const error_code& error) {
    if (!error) {
      accept_all();
    }
  });
}

/// Waiting for the socket would report the same connection again at once, and for ever.
void Listener::wait_for_resources() {
  retry_.expires_after(retry_after);
  retry_.async_wait([this](const error_code& error) {
    if (!error) {
      accept_all();
    }
  });
}

/// Any error but the two that are named concerns one client that went away while it waited: the next may be fine.
void Listener::accept_all() {
  while (!is_full()) {
    Worker& worker = *workers_[turn_];
    Descriptor accepted{::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (accepted.number() >= 0) {
      turn_ = (turn_ + 1) % workers_.size();
      worker.adopt(Socket{std::move(accepted)});
      continue;
    }
    const error_code error{errno, boost::system::system_category()};
    if (error == boost::asio::error::would_block || error == boost::asio::error::try_again) {
      return wait();
    }
    if (is_out_of_resources(error) || error == boost::asio::error::bad_descriptor) {
      return wait_for_resources();
    }
  }
  wait_for_resources();
}

bool Listener::is_full() const noexcept {
  std::uint64_t open = 0;
  for (const auto& worker : workers_) {
    open += worker->open_connections();
  }
  return open >= connections_max_;
}

}  // namespace primebench
