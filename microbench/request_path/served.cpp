// Bytes in, bytes out, through what the server runs: HTTP parsed, body decoded, prime found, reply encoded, response formatted.
// All of a request but the socket and the event loop.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark.hpp"
#include "cases.hpp"
#include "primebench/app/service.hpp"
#include "primebench/http/conversation.hpp"
#include "primebench/http/http_date.hpp"
#include "primebench/http/limits.hpp"

namespace primebench::microbench {
namespace {

constexpr std::uint32_t max_n = 100'000;
constexpr std::chrono::sys_seconds some_time{std::chrono::seconds{784'111'777}};  // Sun, 06 Nov 1994 08:49:37 GMT

/// A connection of the server without its socket, on which one request follows the other.
class Connection {
public:
  Connection() { date_.set(some_time); }

  std::string_view exchange(std::string_view request) {
    response_.clear();
    if (conversation_.receive(request, response_, {}) != Conversation::Next::read) {
      return {};
    }
    return response_;
  }

private:
  Service service_{max_n};
  HttpDate date_;
  Limits limits_;
  ConversationContext context_{.handler = service_, .date = date_, .limits = limits_};
  Conversation conversation_{context_, {}};
  std::string response_;
};

struct Exchange {
  std::shared_ptr<Connection> connection;
  std::string_view request;

  std::string_view operator()() const {
    std::string_view input = request;
    benchmark::DoNotOptimize(input);
    return connection->exchange(input);
  }
};

std::vector<Benchmark> benchmarks_of_request_path() {
  std::vector<Benchmark> benchmarks;
  for (const RequestPathCase& one : cases().request_path) {
    const Exchange exchange{.connection = std::make_shared<Connection>(), .request = one.request};
    const Fault fault = [exchange, status = one.status] {
      const std::string_view response = exchange();
      return response.starts_with("HTTP/1.1 " + std::to_string(status))
                 ? std::string{}
                 : std::string{"answers "}.append(response.substr(0, 40));
    };
    benchmarks.push_back(make_benchmark(std::string{"request_path/served/"}.append(one.name), fault,
                                        counting_bytes(one.request.size()), exchange));
  }
  return benchmarks;
}

[[maybe_unused]] const bool registered = register_benchmark(benchmarks_of_request_path);

}  // namespace
}  // namespace primebench::microbench
