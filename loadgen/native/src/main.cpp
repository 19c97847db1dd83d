#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <variant>
#include <vector>

#include "clock.hpp"
#include "options.hpp"
#include "report.hpp"
#include "requests.hpp"
#include "rows.hpp"
#include "schedule.hpp"
#include "transport.hpp"
#include "worker.hpp"

namespace primebench::load {
namespace {

/// The first exception of any thread.
class FirstError {
public:
  void keep(std::exception_ptr error) {
    const std::scoped_lock lock{mutex_};
    if (!error_) {
      error_ = std::move(error);
    }
  }

  void rethrow() const {
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

int run(const Options& options, std::int64_t began_ns) {
  const Address address{options};
  const Tls tls{options};
  const RequestFile requests{options.requests};
  RowFile rows{options.rows};
  if (options.start_at_ns != 0) {
    began_ns = sleep_until(options.start_at_ns);
  }
  const std::int64_t load_began_ns = options.rate_per_s && options.start_at_ns == 0 ? now_ns() : began_ns;
  Schedule schedule{options, requests, load_began_ns};
  std::vector<std::unique_ptr<Worker>> workers;
  const std::size_t threads = std::min(options.threads, options.connections);
  for (std::size_t number = 0; number < threads; ++number) {
    const std::size_t connections = options.connections / threads + (number < options.connections % threads ? 1 : 0);
    workers.push_back(std::make_unique<Worker>(options, connections, address, tls, schedule, rows, requests.kinds().size()));
  }
  FirstError error;
  const auto run_worker = [&error](Worker& worker) {
    try {
      worker.run();
    } catch (...) {
      error.keep(std::current_exception());
    }
  };
  {
    std::vector<std::jthread> others;
    for (const auto& worker : std::span{workers}.subspan(1)) {
      others.emplace_back(run_worker, std::ref(*worker));
    }
    run_worker(*workers.front());
  }
  error.rethrow();
  Counts counts;
  for (const auto& worker : workers) {
    counts.add(worker->counts());
  }
  std::cout << report(counts, requests.kinds(), schedule.ran_out(), began_ns, load_began_ns, now_ns()) << '\n';
  return std::cout.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace primebench::load

int main(int argc, char* argv[]) {
  const std::int64_t began_ns = primebench::load::now_ns();
  try {
    const auto parsed = primebench::load::parse_options({argv, static_cast<std::size_t>(argc)});
    if (const auto* const end = std::get_if<primebench::load::EndAtOnce>(&parsed)) {
      (end->exit_code == EXIT_SUCCESS ? std::cout : std::cerr) << end->text << '\n';
      return end->exit_code;
    }
    return primebench::load::run(std::get<primebench::load::Options>(parsed), began_ns);
  } catch (const std::exception& error) {
    std::cerr << "primebench-load: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
