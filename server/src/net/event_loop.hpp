#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "socket.hpp"

namespace primebench {

/// One thread's wait for its sockets, on epoll. Edge-triggered, and each socket is registered once: a request takes no call of
/// the kernel but its read, its write and its part of a wait for all sockets. Asio's reactor tries each read once before it
/// waits, which finds nothing, or else re-arms the wait.
class EventLoop {
public:
  /// What has become of a socket since it was last told.
  struct Readiness {
    bool readable = false;  ///< bytes, an end or an error have come
    bool writable = false;  ///< what is sent is taken again
    bool ended = false;     ///< no more bytes will come than there are: whoever reads goes on until the end or an error
  };

  /// The owner of a socket that is watched.
  class Watcher {
  public:
    virtual void on_ready(Readiness readiness) = 0;

  protected:
    Watcher() = default;
    Watcher(const Watcher&) = default;
    Watcher& operator=(const Watcher&) = default;
    Watcher(Watcher&&) = default;
    Watcher& operator=(Watcher&&) = default;
    ~Watcher() = default;
  };

  using Task = std::function<void()>;

  /// `on_timer` is called by `run`. Throws boost::system::system_error if the kernel has no descriptors left.
  explicit EventLoop(Task on_timer);

  /// Tells `watcher` what becomes of `socket` from now on, what it holds already included, until the socket is closed. A
  /// watcher may close its own socket while it is told, or in a task, but no other's while it is told.
  void watch(const Socket& socket, Watcher& watcher, Socket::ErrorCode& error) noexcept;

  /// Has `run` call `task` once it has told every watcher what it knew. May be called from any thread.
  void post(Task task);

  /// Has `run` call `on_timer` once, in that time, in place of what was set before.
  void set_timer(std::chrono::milliseconds time) noexcept;

  /// Tells watchers, calls tasks and `on_timer`, all of them on this thread, until one of them calls `stop`.
  void run();
  void stop() noexcept { stopped_ = true; }

private:
  void watch_own(const Descriptor& descriptor);
  void run_tasks();

  Descriptor epoll_;
  Descriptor wake_up_;
  Descriptor timer_;
  Task on_timer_;
  std::mutex mutex_;
  std::vector<Task> tasks_;  // guarded by `mutex_`
  bool stopped_ = false;
};

}  // namespace primebench
