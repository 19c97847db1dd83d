#include "event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstddef>
#include <span>
#include <utility>

namespace primebench {
namespace {

constexpr std::size_t events_max = 128;
constexpr std::uint32_t end_events = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

Socket::ErrorCode last_error() noexcept { return {errno, boost::system::system_category()}; }

/// A new descriptor, or a boost::system::system_error named after the call that failed.
Descriptor opened(int number, const char* call) {
  if (number < 0) {
    throw boost::system::system_error{last_error(), call};
  }
  return Descriptor{number};
}

}  // namespace

EventLoop::EventLoop(Task on_timer)
    : epoll_{opened(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")},
      wake_up_{opened(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")},
      timer_{opened(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")},
      on_timer_{std::move(on_timer)} {
  watch_own(wake_up_);
  watch_own(timer_);
}

/// Edge-triggered: each write, and each end of the time, is told once, and nobody has to read the descriptor.
void EventLoop::watch_own(const Descriptor& descriptor) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = const_cast<Descriptor*>(&descriptor);  // NOLINT(*-const-cast): only ever compared
  if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor.number(), &event) != 0) {
    throw boost::system::system_error{last_error(), "epoll_ctl"};
  }
}

void EventLoop::watch(const Socket& socket, Watcher& watcher, Socket::ErrorCode& error) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  const int result = epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, socket.number(), &event);
  error = result == 0 ? Socket::ErrorCode{} : last_error();
}

void EventLoop::post(Task task) {
  const std::scoped_lock lock{mutex_};
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_up_.number(), &one, sizeof one);  // fails after 2^64 of them
  }
}

void EventLoop::set_timer(std::chrono::milliseconds time) noexcept {
  using std::chrono::duration_cast;
  const auto seconds = duration_cast<std::chrono::seconds>(time);
  itimerspec timer{};
  timer.it_value.tv_sec = seconds.count();
  timer.it_value.tv_nsec = duration_cast<std::chrono::nanoseconds>(time - seconds).count();
  timerfd_settime(timer_.number(), 0, &timer, nullptr);
}

void EventLoop::run() {
  std::array<epoll_event, events_max> events;  // NOLINT(*-member-init): the kernel writes what is read
  while (!stopped_) {
    const int waited = epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), -1);
    const std::size_t ready = waited < 0 ? 0 : static_cast<std::size_t>(waited);  // a signal is the main thread's
    bool has_tasks = false;
    bool time_is_over = false;
    for (const epoll_event& event : std::span{events}.first(ready)) {
      if (event.data.ptr == &wake_up_) {
        has_tasks = true;
      } else if (event.data.ptr == &timer_) {
        time_is_over = true;
      } else {
        static_cast<Watcher*>(event.data.ptr)
            ->on_ready({.readable = (event.events & (EPOLLIN | end_events)) != 0,
                        .writable = (event.events & (EPOLLOUT | end_events)) != 0,
                        .ended = (event.events & end_events) != 0});
      }
    }
    // Only now, as they may close sockets that there are events of.
    if (has_tasks) {
      run_tasks();
    }
    if (time_is_over) {
      on_timer_();
    }
  }
}

void EventLoop::run_tasks() {
  std::vector<Task> tasks;
  {
    const std::scoped_lock lock{mutex_};
    tasks.swap(tasks_);
  }
  for (const Task& task : tasks) {
    task();
  }
}

}  // namespace primebench
