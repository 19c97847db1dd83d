#include "worker.hpp"

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

namespace primebench {
namespace {

/// Deadlines are looked at once in this time: one timer a thread instead of one a connection.
constexpr std::chrono::milliseconds tick_interval{500};

}  // namespace

// NOLINTNEXTLINE(*-member-init): the read buffer is written before it is read
Worker::Worker(const Options& options, boost::asio::thread_pool* pool)
    : options_{options},
      loop_{[this] { tick(); }},
      pool_{pool},
      service_{options.max_n, options.tuned == nullptr ? nth_prime : options.tuned->nth_prime, pool != nullptr},
      conversation_context_{.handler = service_, .date = date_, .limits = options.limits} {}

void Worker::run() { loop_.run(); }

void Worker::adopt(Socket socket) {
  open_connections_.fetch_add(1, std::memory_order_relaxed);
  // A task can be copied, a socket cannot.
  loop_.post([this, shared = std::make_shared<Socket>(std::move(socket))] {
    connections_.emplace_front(*this, std::move(*shared), now());
    connections_.front().start(connections_.begin());
    begin_ticking();
  });
}

void Worker::drain() {
  loop_.post([this] {
    draining_ = true;
    for_each_connection([](Connection& connection) { connection.drain(); });
    end_if_drained();
  });
}

void Worker::remove(std::list<Connection>::iterator connection) {
  connections_.erase(connection);
  open_connections_.fetch_sub(1, std::memory_order_relaxed);
  end_if_drained();
}

void Worker::run_elsewhere(Job job, std::function<void(std::string_view json)> done) {
  boost::asio::post(*pool_, [this, moved_job = std::move(job), moved = std::move(done)]() mutable {
    loop_.post([json = moved_job(), again = std::move(moved)] { again(json); });
  });
}

void Worker::begin_ticking() {
  if (std::exchange(ticking_, true)) {
    return;
  }
  loop_.set_timer(tick_interval);
}

/// Each may remove itself.
template <typename Action>
void Worker::for_each_connection(Action action) {
  for (auto next = connections_.begin(); next != connections_.end();) {
    action(*next++);
  }
}

/// A worker without connections sleeps.
void Worker::tick() {
  ticking_ = false;
  const TimePoint time = now();
  for_each_connection([time](Connection& connection) { connection.check_deadline(time); });
  if (!connections_.empty()) {
    begin_ticking();
  }
}

void Worker::end_if_drained() {
  if (draining_ && connections_.empty()) {
    loop_.stop();
  }
}

}  // namespace primebench
