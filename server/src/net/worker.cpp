#include "worker.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace primebench {
namespace {

/// Deadlines are looked at once in this time: one timer a thread instead of one a connection.
constexpr std::chrono::milliseconds tick_interval{500};

/// Asio leaves out what only several threads that run one loop would need.
constexpr int one_thread_runs_the_loop = 1;

}  // namespace

// NOLINTNEXTLINE(*-member-init): the read buffer is written before it is read
Worker::Worker(const Options& options, boost::asio::thread_pool* pool)
    : options_{options},
      context_{one_thread_runs_the_loop},
      stay_{context_.get_executor()},
      ticker_{context_},
      pool_{pool},
      service_{options.max_n, options.tuned == nullptr ? nth_prime : options.tuned->nth_prime, pool != nullptr},
      conversation_context_{.handler = service_, .date = date_, .limits = options.limits} {}

void Worker::run() { context_.run(); }

void Worker::adopt(Socket socket) {
  open_connections_.fetch_add(1, std::memory_order_relaxed);
  boost::asio::post(context_, [this, moved = std::move(socket)]() mutable {
    connections_.emplace_front(*this, std::move(moved), now());
    connections_.front().start(connections_.begin());
    begin_ticking();
  });
}

void Worker::drain() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    for (Connection& connection : connections_) {
      connection.drain();
    }
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
    boost::asio::post(context_, [json = moved_job(), again = std::move(moved)] { again(json); });
  });
}

void Worker::begin_ticking() {
  if (std::exchange(ticking_, true)) {
    return;
  }
  ticker_.expires_after(tick_interval);
  ticker_.async_wait([this](const boost::system::error_code& /*never cancelled*/) { tick(); });
}

/// A worker without connections sleeps.
void Worker::tick() {
  ticking_ = false;
  const TimePoint time = now();
  for (Connection& connection : connections_) {
    connection.check_deadline(time);
  }
  if (!connections_.empty()) {
    begin_ticking();
  }
}

void Worker::end_if_drained() {
  if (draining_ && connections_.empty()) {
    context_.stop();
  }
}

}  // namespace primebench
