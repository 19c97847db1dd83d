#include "server.hpp"

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "listener.hpp"
#include "worker.hpp"

namespace primebench {
namespace {

using boost::system::error_code;

/// The contract gives 5 seconds from signal to exit.
constexpr std::chrono::milliseconds drain_timeout{4'500};

std::unique_ptr<boost::asio::thread_pool> make_pool(const Options& options) {
  return options.offload == 0 ? nullptr : std::make_unique<boost::asio::thread_pool>(options.offload);
}

std::vector<std::unique_ptr<Worker>> make_workers(const Options& options, boost::asio::thread_pool* pool) {
  std::vector<std::unique_ptr<Worker>> workers;
  workers.reserve(options.threads);
  for (std::uint32_t i = 0; i < options.threads; ++i) {
    workers.push_back(std::make_unique<Worker>(options, pool));
  }
  return workers;
}

/// The main thread's part: it accepts, waits for signals, and sees to it that the process ends in time.
class Server {
public:
  explicit Server(const Options& options)
      : options_{options},
        pool_{make_pool(options)},
        workers_{make_workers(options, pool_.get())},
        listener_{context_, {options.host, options.port}, workers_, options.max_connections},
        signals_{context_, SIGTERM, SIGINT},
        drain_deadline_{context_} {}

  void run() {
    for (const auto& worker : workers_) {
      threads_.emplace_back([this, &worker = *worker] {
        worker.run();
        boost::asio::post(context_, [this] { worker_ended(); });
      });
    }
    listener_.start();
    await_signal();
    announce();
    context_.run();
  }

private:
  void announce() const {
    const Limits& limits = options_.limits;
    const TunedImplementation* const tuned = options_.tuned;
    std::ostringstream line;
    line << "primebench-cpp listening on http://" << listener_.endpoint() << " threads=" << options_.threads
         << " max_n=" << options_.max_n << " offload=" << options_.offload << " max_connections=" << options_.max_connections
         << " max_header_bytes=" << limits.header_bytes << " max_body_bytes=" << limits.body_bytes
         << " max_requests=" << limits.requests << " header_timeout=" << limits.header_timeout.count()
         << "s body_timeout=" << limits.body_timeout.count() << "s idle_timeout=" << limits.idle_timeout.count()
         << "s write_timeout=" << options_.write_timeout.count()
         << "s build=" PRIMEBENCH_BUILD " compiler=" PRIMEBENCH_COMPILER " tier=" << (tuned == nullptr ? "reference" : "tuned")
         << " instruction_set=" << (tuned == nullptr ? "scalar" : tuned->instruction_set) << '\n';
    std::cout << line.str() << std::flush;
  }

  void await_signal() {
    signals_.async_wait([this](const error_code& error, int /*signal*/) {
      if (!error) {
        drain();
      }
    });
  }

  void drain() {
    signals_.async_wait([this](const error_code& error, int signal) {
      if (!error) {
        end_by(signal);
      }
    });
    listener_.stop();
    for (const auto& worker : workers_) {
      worker->drain();
    }
    drain_deadline_.expires_after(drain_timeout);
    drain_deadline_.async_wait([](const error_code& error) {
      if (!error) {
        std::cerr << "primebench-cpp: not all requests could be answered before the end\n";
        std::_Exit(0);  // threads that calculate cannot be interrupted otherwise
      }
    });
  }

  /// A second signal: the user does not want to wait. The parent sees which signal it was.
  void end_by(int signal) {
    signals_.clear();  // restores the default disposition
    std::raise(signal);
  }

  void worker_ended() {
    if (++workers_ended_ == workers_.size()) {
      context_.stop();
    }
  }

  const Options& options_;
  boost::asio::io_context context_;
  std::unique_ptr<boost::asio::thread_pool> pool_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Listener listener_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer drain_deadline_;
  std::size_t workers_ended_ = 0;
  std::vector<std::jthread> threads_;
};

/// Descriptors are what connections are made of: take as many as this user may have.
void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);  // if refused, the listener waits for descriptors earlier
  }
}

}  // namespace

int serve(const Options& options) {
  raise_descriptor_limit();
  // A client, or the reader of standard output, that has gone is an error code, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  Server{options}.run();
  return EXIT_SUCCESS;
}

}  // namespace primebench
