// The control for the ceiling: the shortest way through the kernel that a C++ server can take. What no service under the same
// load can be faster than, because this one does nothing between reading and writing.
//
// It keeps none of the contract's rules on slow clients or draining and is never compared as a service.

#include <sys/eventfd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "answerer.hpp"
#include "loop.hpp"
#include "system_call.hpp"

namespace primebench::ceiling {
namespace {

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8'080;
  unsigned threads = 1;
  std::uint32_t max_n = 100'000;
  std::string answer = "canned";
};

Options parse(std::span<const char* const> arguments) {
  Options options;
  CLI::App app{"A control for primebench: what kernel and load generator can do at most.", "primebench-ceiling"};
  app.add_option("--host", options.host, "IPv4 address to listen on")->capture_default_str();
  app.add_option("--port", options.port, "port to listen on")->capture_default_str();
  app.add_option("--threads", options.threads, "threads that serve")->check(CLI::Range(1, 1'024))->capture_default_str();
  app.add_option("--max-n", options.max_n, "largest n answered by --answer served")->capture_default_str();
  app.add_option("--answer", options.answer,
                 "canned: the answer to n = 1, to anything; served: the reference service's own parser and reply")
      ->check(CLI::IsMember({"canned", "served"}))
      ->capture_default_str();
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    std::exit(code == 0 ? 0 : 2);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  }
  return options;
}

/// Waits for SIGTERM or SIGINT, which every thread has blocked.
void await_signal(const sigset_t& signals) {
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
}

int serve(const Options& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const Descriptor listener = listen_on(options.host, options.port);
  const Descriptor stop{checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")};
  {
    std::vector<std::jthread> threads;
    threads.reserve(options.threads);
    for (unsigned i = 0; i < options.threads; ++i) {
      threads.emplace_back([&] {
        if (options.answer == "canned") {
          Loop<Canned>{listener, stop, [] { return Canned{}; }}.run();
        } else {
          ServedThread shared{options.max_n};
          Loop<Served>{listener, stop, [&shared] { return Served{shared}; }}.run();
        }
      });
    }
    std::cout << "primebench-ceiling listening on http://" << options.host << ':' << options.port
              << " threads=" << options.threads << " max_n=" << options.max_n << " answer=" << options.answer << '\n'
              << std::flush;
    await_signal(signals);
    const std::uint64_t now = 1;  // readable from now on: every loop sees it
    checked(static_cast<int>(::write(stop.number(), &now, sizeof now)), "write to eventfd");
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace primebench::ceiling

int main(int argc, char* argv[]) {
  try {
    std::signal(SIGPIPE, SIG_IGN);
    return primebench::ceiling::serve(primebench::ceiling::parse({argv, static_cast<std::size_t>(argc)}));
  } catch (const std::exception& error) {
    std::cerr << "primebench-ceiling: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
