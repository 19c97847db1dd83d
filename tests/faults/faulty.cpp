// A service of its own for the tests of the harness: the reference server's HTTP and application on a bare loop, with one fault
// at a time. What a measurement of it says must name the fault. Never part of a comparison.

#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "loop.hpp"
#include "primebench/app/prime.hpp"
#include "primebench/app/service.hpp"
#include "primebench/http/conversation.hpp"
#include "primebench/http/http_date.hpp"
#include "primebench/http/limits.hpp"
#include "system_call.hpp"
#include "turns.hpp"

namespace primebench::faults {
namespace {

using ceiling::checked;
using ceiling::Descriptor;
using Clock = std::chrono::steady_clock;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::array known_faults{
    "none",        "wrong-rarely", "right-when-timed", "remembered", "remembers-some", "understated",  "errors",
    "closes-some", "stalls",       "stalls-rarely",    "slow-start", "settles",        "slows-down",   "leaks",
    "grows",       "crashes",      "gives-up",         "hangs",      "more-cores",     "random-speed", "ignores-sigterm",
    "never-ready", "unequal",      "unfair",           "spins"};

/// Responses after which a service that crashes, gives up or hangs does so: more than verification asks for.
constexpr std::uint64_t responses_before_the_end = 3'800;

void spin(Clock::duration time) {
  const auto until = Clock::now() + time;
  while (Clock::now() < until) {
  }
}

/// The one fault, and what it remembers; shared by all threads.
class Fault {
public:
  explicit Fault(std::string name) : name_{std::move(name)} {
    std::random_device entropy;
    slowness_ = std::uniform_real_distribution{0.0, 0.16}(entropy);
  }

  [[nodiscard]] bool is(std::string_view name) const { return name_ == name; }

  /// The number of a connection that was accepted.
  std::uint64_t connect() { return ++connections_; }

  Calculated calculate(const Service& service, std::uint32_t n, std::uint64_t connection) {
    const std::uint64_t number = ++responses_;
    if (number > responses_before_the_end) {
      end();
    }
    stall();
    const bool remembers = is("remembered") || (is("remembers-some") && number % 2 == 0);
    const Calculated honest = remembers ? remembered(service, n) : service.calculate(n);
    spin(extra_time(honest.elapsed, connection));
    leak();
    return {.reply = Reply{n, prime(n, number), shown(honest.elapsed)}, .elapsed = honest.elapsed};
  }

  /// Whether this response is to be a 503 instead.
  [[nodiscard]] bool refuses() const { return is("errors") && responses_ % 33 == 0; }

  /// Whether the connection is closed behind this response, unannounced.
  [[nodiscard]] bool closes() const { return is("closes-some") && responses_ % 200 == 0; }

private:
  /// What becomes of a service that does not live long.
  void end() const {
    if (is("crashes")) {
      std::abort();
    }
    if (is("gives-up")) {
      std::_Exit(3);
    }
    while (is("hangs")) {
      std::this_thread::sleep_for(1s);
    }
  }

  std::uint32_t prime(std::uint32_t n, std::uint64_t number) {
    const bool timed = n == 1 || n == 100 || n == 10'000;
    const bool wrong = (is("wrong-rarely") && number % 500 == 0) || (is("right-when-timed") && !timed);
    const std::scoped_lock lock{mutex_};
    auto& found = primes_[wrong ? n + 1 : n];
    if (found == 0) {
      found = nth_prime(wrong ? n + 1 : n);
    }
    return found;
  }

  Calculated remembered(const Service& service, std::uint32_t n) {
    {
      const std::scoped_lock lock{mutex_};
      if (primes_.contains(n)) {
        return {.reply = Reply{n, primes_[n], {}}, .elapsed = std::chrono::nanoseconds{200}};
      }
    }
    return service.calculate(n);
  }

  void stall() {
    if (is("stalls")) {
      sleep_every(3s, 400ms);
    } else if (is("stalls-rarely")) {
      sleep_every(2s, 250ms);
    }
  }

  void sleep_every(Clock::duration period, Clock::duration time) {
    const std::scoped_lock lock{mutex_};
    if (Clock::now() - stalled_at_ > period) {
      std::this_thread::sleep_for(time);
      stalled_at_ = Clock::now();
    }
  }

  void leak() {
    if (is("leaks")) {
      keep_bytes(50'000);
    } else if (is("grows")) {
      keep_bytes(4'000);
    }
  }

  void keep_bytes(std::size_t count) {
    const std::scoped_lock lock{mutex_};
    leaked_.emplace_back(count, 'x');
  }

  [[nodiscard]] Clock::duration extra_time(std::chrono::nanoseconds honest, std::uint64_t connection) const {
    return std::chrono::duration_cast<Clock::duration>(honest * slower_by(connection));
  }

  /// The share of a calculation's time that is spent once more.
  [[nodiscard]] double slower_by(std::uint64_t connection) const {
    const std::chrono::duration<double> age = Clock::now() - began_;
    if ((is("slow-start") && age < 5s) || (is("unequal") && connection % 2 == 0)) {
      return 9;
    }
    if (is("settles") && age < 3s) {
      return 4;
    }
    if (is("slows-down")) {
      return 0.02 * age.count();
    }
    return is("random-speed") ? slowness_ : 0;
  }

  [[nodiscard]] std::chrono::nanoseconds shown(std::chrono::nanoseconds honest) const {
    return is("understated") ? honest / 10 : honest;
  }

  std::string name_;
  std::atomic<std::uint64_t> responses_{0};
  std::atomic<std::uint64_t> connections_{0};
  std::map<std::uint32_t, std::uint32_t> primes_;
  std::list<std::string> leaked_;
  std::mutex mutex_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point stalled_at_ = Clock::now();
  double slowness_ = 0;
};

/// The reference service but for the fault.
class FaultyService final : public Handler {
public:
  FaultyService(std::uint32_t max_n, Fault& fault) : honest_{max_n}, fault_{fault} {}

  /// Before what is received of a connection.
  void serve(std::uint64_t connection) noexcept {
    connection_ = connection;
    closes_ = false;
  }

  /// Whether the connection is to be closed after what was received of it.
  [[nodiscard]] bool closes() const noexcept { return closes_; }
  [[nodiscard]] Fault& fault() const noexcept { return fault_; }

  [[nodiscard]] const Problem* check_head(const Request& request) const noexcept override {
    return honest_.check_head(request);
  }

  void handle(const Request& request, ResponseWriter& response) override {
    const auto read = honest_.read_n(request.body);
    if (resource_of(request.target) != Resource::calculate || std::holds_alternative<const Problem*>(read)) {
      honest_.handle(request, response);
      return;
    }
    const Calculated calculated = fault_.calculate(honest_, std::get<std::uint32_t>(read), connection_);
    fault_.refuses() ? response.problem(unavailable) : response.ok(calculated.reply.text());
    closes_ = fault_.closes();
  }

private:
  static constexpr Problem unavailable{503, "Service Unavailable", "a fault, by intention", ""};

  Service honest_;
  Fault& fault_;
  std::uint64_t connection_ = 0;
  bool closes_ = false;
};

/// What the connections of one thread share.
class Thread {
public:
  Thread(std::uint32_t max_n, Fault& fault) : service_{max_n, fault} {}

  [[nodiscard]] const ConversationContext& context() const noexcept { return context_; }
  [[nodiscard]] FaultyService& service() noexcept { return service_; }
  Conversation::TimePoint now() noexcept { return date_.now(); }

private:
  FaultyService service_;
  HttpDate date_;
  Limits limits_;
  ConversationContext context_{.handler = service_, .date = date_, .limits = limits_};
};

/// One connection's responses.
class Answerer {
public:
  explicit Answerer(Thread& shared)
      : shared_{shared}, number_{shared.service().fault().connect()}, conversation_{shared.context(), shared.now()} {}

  bool take(std::string_view input, std::string& out) {
    if (shared_.service().fault().is("never-ready") && input.starts_with("GET /health")) {
      return true;
    }
    shared_.service().serve(number_);
    auto next = conversation_.receive(input, out, shared_.now());
    while (next == Conversation::Next::resume) {
      next = conversation_.resume(out, shared_.now());
    }
    return next == Conversation::Next::read && !shared_.service().closes();
  }

private:
  Thread& shared_;
  std::uint64_t number_;
  Conversation conversation_;
};

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8'080;
  unsigned threads = 1;
  std::uint32_t max_n = 100'000;
  std::string fault = "none";
};

Options parse(std::span<const char* const> arguments) {
  Options options;
  CLI::App app{"A service with a fault, for the tests of primebench.", "primebench-faulty"};
  app.add_option("--host", options.host);
  app.add_option("--port", options.port);
  app.add_option("--threads", options.threads);
  app.add_option("--max-n", options.max_n);
  app.add_option("--fault", options.fault)
      ->check(CLI::IsMember(std::vector<std::string>(known_faults.begin(), known_faults.end())));
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? 0 : 2);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  }
  return options;
}

/// Burns the time of whatever core the scheduler gives it, not only of those that the process was started on.
void burn_any_core(const std::atomic<bool>& ended) {
  cpu_set_t all;
  CPU_ZERO(&all);
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    CPU_SET(core, &all);
  }
  sched_setaffinity(0, sizeof all, &all);
  while (!ended) {
  }
}

int serve(const Options& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Fault fault{options.fault};
  const Descriptor listener = ceiling::listen_on(options.host, options.port);
  const Descriptor stop{checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")};
  std::atomic<bool> ended{false};
  {
    std::vector<std::jthread> threads;
    threads.reserve(options.threads + 1);
    for (unsigned i = 0; i < options.threads; ++i) {
      threads.emplace_back([&] {
        Thread shared{options.max_n, fault};
        const auto make = [&shared] { return Answerer{shared}; };
        if (fault.is("unfair")) {
          Turns<Answerer>{listener, stop, make}.run();
        } else {
          ceiling::Loop<Answerer>{listener, stop, make}.run();
        }
      });
    }
    if (fault.is("more-cores")) {
      threads.emplace_back([&ended] { burn_any_core(ended); });
    }
    if (fault.is("spins")) {
      threads.emplace_back([&ended] {
        while (!ended) {
        }
      });
    }
    int received = 0;
    sigwait(&signals, &received);
    while (fault.is("ignores-sigterm")) {
      sigwait(&signals, &received);
    }
    ended = true;
    const std::uint64_t now = 1;
    checked(static_cast<int>(::write(stop.number(), &now, sizeof now)), "write to eventfd");
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace primebench::faults

int main(int argc, char** argv) {
  try {
    std::signal(SIGPIPE, SIG_IGN);
    return primebench::faults::serve(primebench::faults::parse({argv, static_cast<std::size_t>(argc)}));
  } catch (const std::exception& error) {
    std::cerr << "primebench-faulty: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
