#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <string_view>

#include "system_call.hpp"

namespace primebench::ceiling {

/// One thread's event loop on bare epoll: edge-triggered, one read and one write a request.
template <typename Answerer>
class Loop {
public:
  /// `listener` and `stop` are shared by all loops and outlive them. `make` makes a connection's answerer.
  Loop(const Descriptor& listener, const Descriptor& stop, std::function<Answerer()> make)
      : epoll_{checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")},
        listener_{listener},
        stop_{stop},
        make_{std::move(make)} {
    watch(listener.number(), EPOLLIN | EPOLLEXCLUSIVE, &listener_);
    watch(stop.number(), EPOLLIN, &stop_);
  }

  /// Serves until `stop` becomes readable.
  void run() {
    std::array<epoll_event, events_max> events{};
    for (;;) {
      const int ready = epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) {
        void* const subject = events[static_cast<std::size_t>(i)].data.ptr;
        if (subject == &stop_) {
          return;
        }
        subject == &listener_ ? accept_all() : serve(*static_cast<Connection*>(subject));
      }
    }
  }

private:
  struct Connection {
    Descriptor socket;
    Answerer answerer;
    typename std::list<Connection>::iterator self{};
  };

  static constexpr std::size_t events_max = 256;
  static constexpr std::size_t read_bytes = 16'384;

  void watch(int descriptor, std::uint32_t what, const void* subject) {
    epoll_event event{};
    event.events = what;
    event.data.ptr = const_cast<void*>(subject);  // NOLINT(cppcoreguidelines-pro-type-const-cast): only ever compared
    checked(epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
  }

  void accept_all() {
    for (;;) {
      const int accepted = ::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted < 0) {
        return;  // drained, or another thread was faster
      }
      const int on = 1;
      ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_.push_front({Descriptor{accepted}, make_()});
      Connection& connection = connections_.front();
      connection.self = connections_.begin();
      watch(accepted, EPOLLIN | EPOLLET | EPOLLRDHUP, &connection);
    }
  }

  void serve(Connection& connection) {
    for (;;) {
      const ssize_t read = ::read(connection.socket.number(), buffer_.data(), buffer_.size());
      if (read < 0 && errno == EAGAIN) {
        return;
      }
      if (read <= 0) {
        break;
      }
      out_.clear();
      const bool stays = connection.answerer.take({buffer_.data(), static_cast<std::size_t>(read)}, out_);
      if (!write_all(connection.socket.number()) || !stays) {
        break;
      }
      if (static_cast<std::size_t>(read) < buffer_.size()) {
        return;  // drained: what comes later is another edge (epoll(7))
      }
    }
    connections_.erase(connection.self);
  }

  /// Waits where the client takes nothing: a control has no other clients to be fair to.
  bool write_all(int socket) {
    std::string_view rest = out_;
    while (!rest.empty()) {
      const ssize_t written = ::write(socket, rest.data(), rest.size());
      if (written >= 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {
        pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
        ::poll(&waiting, 1, -1);
      } else {
        return false;
      }
    }
    return true;
  }

  Descriptor epoll_;
  const Descriptor& listener_;
  const Descriptor& stop_;
  std::function<Answerer()> make_;
  std::list<Connection> connections_;
  std::string out_;
  std::array<char, read_bytes> buffer_{};
};

}  // namespace primebench::ceiling
