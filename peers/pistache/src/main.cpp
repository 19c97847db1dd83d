// Reads the command line, serves until a signal asks to stop.

#include <pistache/endpoint.h>
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>

#include "documents.hpp"
#include "service.hpp"
#include "settings.hpp"

namespace {

constexpr std::size_t head_limit = 8'192;
constexpr std::chrono::seconds header_time_limit{5};
constexpr std::chrono::seconds body_time_limit{8};
constexpr std::chrono::seconds idle_limit{60};

/// SIGTERM and SIGINT, which no thread takes but the one that waits for them.
sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void serve(const Settings& settings) {
  namespace http = Pistache::Http;
  const sigset_t signals = stop_signals();
  http::Endpoint endpoint(Pistache::Address(settings.host, Pistache::Port(settings.port)));
  endpoint.init(http::Endpoint::options()
                    .threads(settings.threads)
                    .flags(Pistache::Tcp::Options::ReuseAddr | Pistache::Tcp::Options::NoDelay)
                    .maxRequestSize(head_limit + order_limit)
                    .headerTimeout(header_time_limit)
                    .bodyTimeout(body_time_limit)
                    .keepaliveTimeout(idle_limit));
  endpoint.setHandler(http::make_handler<Service>(settings.max_n));
  endpoint.serveThreaded();
  const bool is_ipv6 = settings.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + settings.host + "]" : settings.host;
  std::printf("%s listening on http://%s:%u threads=%d max_n=%u\n", program, host.c_str(),
              static_cast<unsigned>(static_cast<std::uint16_t>(endpoint.getPort())), settings.threads, settings.max_n);
  std::fflush(stdout);
  int stopped_by = 0;
  sigwait(&signals, &stopped_by);
  endpoint.shutdown();
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const auto settings = read_settings({arguments + 1, static_cast<std::size_t>(count - 1)});
    if (!settings) {
      std::printf("usage: %s [--host ADDRESS] [--port PORT] [--threads N] [--max-n N]\n", program);
      return 0;
    }
    serve(*settings);
  } catch (const Refused& refused) {
    std::fprintf(stderr, "%s: %s (see --help)\n", program, refused.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", program, error.what());
    return 1;
  }
  return 0;
}
