// Reading the request's body and writing the reply, as the server links them.

#include "primebench/json_codec.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "verification.hpp"

namespace primebench::microbench {
namespace {

using std::chrono_literals::operator""ns;

constexpr std::string_view article_body = R"({"n": 10000})";
constexpr std::string_view malformed_body = R"({"n": 10000)";
constexpr DecodedBody article_decoded{.verdict = BodyVerdict::has_n, .n = 10'000};
constexpr std::uint32_t article_n = 10'000;
constexpr std::uint32_t article_prime = 104'729;
constexpr auto article_elapsed = 4'812'345ns;
constexpr std::string_view article_reply = R"({"n":10000,"prime":104729,"duration":"4.812345ms"})";

/// The largest body that the contract allows: keys that are to be ignored, and n at the end.
std::string crowded_body() {
  constexpr std::size_t body_bytes = 4'096;
  constexpr std::string_view tail = R"("n":10000})";
  std::string body = "{";
  for (int key = 0; body.size() + tail.size() + 40 < body_bytes; ++key) {
    body += R"("ignored)" + std::to_string(key) + R"(":[1,"two",{"3":4.5}],)";
  }
  body += tail;
  body.insert(1, body_bytes - body.size(), ' ');
  return body;
}

std::string fault_of_decoding(std::string_view body, DecodedBody expected) {
  BodyDecoder decoder;
  return decoder.decode(body) == expected ? std::string{} : "decodes wrongly: " + std::string{body.substr(0, 40)};
}

std::string fault_of_encoding() {
  const Reply reply{article_n, article_prime, article_elapsed};
  return reply.text() == article_reply ? std::string{} : "writes " + std::string{reply.text()};
}

[[maybe_unused]] const bool verified =
    must_hold("json_decode/served/article", [] { return fault_of_decoding(article_body, article_decoded); }) &&
    must_hold("json_decode/served/malformed", [] { return fault_of_decoding(malformed_body, {}); }) &&
    must_hold("json_decode/served/crowded", [] { return fault_of_decoding(crowded_body(), article_decoded); }) &&
    must_hold("json_encode/served", fault_of_encoding);

void json_decode_served(benchmark::State& state, const std::string& body) {
  BodyDecoder decoder;
  for (auto _ : state) {
    std::string_view input = body;
    benchmark::DoNotOptimize(input);
    benchmark::DoNotOptimize(decoder.decode(input));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(body.size()) * state.iterations());
}

void json_encode_served(benchmark::State& state) {
  for (auto _ : state) {
    auto elapsed = article_elapsed;
    benchmark::DoNotOptimize(elapsed);
    const Reply reply{article_n, article_prime, elapsed};
    benchmark::DoNotOptimize(reply.text());
  }
}

BENCHMARK_CAPTURE(json_decode_served, article, std::string{article_body})->Name("json_decode/served/article");
BENCHMARK_CAPTURE(json_decode_served, malformed, std::string{malformed_body})->Name("json_decode/served/malformed");
BENCHMARK_CAPTURE(json_decode_served, crowded, crowded_body())->Name("json_decode/served/crowded");
BENCHMARK(json_encode_served)->Name("json_encode/served");

}  // namespace
}  // namespace primebench::microbench
