#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>

#include "system_call.hpp"

namespace primebench::faults {

/// One thread's event loop that serves every second connection only in every tenth turn: what they sent waits in the kernel,
/// which tells of it again in each turn (level-triggered). Nobody's response costs more than with a fair loop.
template <typename Answerer>
class Turns {
public:
  /// `listener` and `stop` are shared by all loops and outlive them. `make` makes a connection's answerer.
  Turns(const ceiling::Descriptor& listener, const ceiling::Descriptor& stop, std::function<Answerer()> make)
      : epoll_{ceiling::checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")},
        listener_{listener},
        stop_{stop},
        make_{std::move(make)} {
    watch(listener.number(), &listener_);
    watch(stop.number(), &stop_);
  }

  /// Serves until `stop` becomes readable.
  void run() {
    for (std::uint64_t turn = 0;; ++turn) {
      const int ready = epoll_wait(epoll_.number(), events_.data(), static_cast<int>(events_.size()), -1);
      for (int i = 0; i < ready; ++i) {
        void* const subject = events_[static_cast<std::size_t>(i)].data.ptr;
        if (subject == &stop_) {
          return;
        }
        subject == &listener_ ? accept_one() : serve(*static_cast<Connection*>(subject), turn);
      }
    }
  }

private:
  struct Connection {
    ceiling::Descriptor socket;
    Answerer answerer;
    bool waits;
    typename std::list<Connection>::iterator self{};
  };

  static constexpr std::uint64_t turns_to_wait = 10;
  static constexpr std::size_t events_max = 256;
  static constexpr std::size_t read_bytes = 16'384;

  void watch(int descriptor, const void* subject) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = const_cast<void*>(subject);  // NOLINT(cppcoreguidelines-pro-type-const-cast): only ever compared
    ceiling::checked(epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
  }

  void accept_one() {
    const int accepted = ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0) {
      return;  // another thread was faster
    }
    connections_.push_front({.socket = ceiling::Descriptor{accepted}, .answerer = make_(), .waits = ++accepted_ % 2 == 0});
    Connection& connection = connections_.front();
    connection.self = connections_.begin();
    watch(accepted, &connection);
  }

  void serve(Connection& connection, std::uint64_t turn) {
    if (connection.waits && turn % turns_to_wait != 0) {
      return;
    }
    const int socket = connection.socket.number();
    const ssize_t read = ::read(socket, buffer_.data(), buffer_.size());
    out_.clear();
    const bool stays = read > 0 && connection.answerer.take({buffer_.data(), static_cast<std::size_t>(read)}, out_);
    // The socket blocks, so that one call writes everything.
    const bool written = out_.empty() || ::write(socket, out_.data(), out_.size()) >= 0;
    if (!stays || !written) {
      connections_.erase(connection.self);
    }
  }

  ceiling::Descriptor epoll_;
  const ceiling::Descriptor& listener_;
  const ceiling::Descriptor& stop_;
  std::function<Answerer()> make_;
  std::list<Connection> connections_;
  std::uint64_t accepted_ = 0;
  std::string out_;
  std::array<epoll_event, events_max> events_{};
  std::array<char, read_bytes> buffer_{};
};

}  // namespace primebench::faults
