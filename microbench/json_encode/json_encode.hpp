#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark.hpp"
#include "cases.hpp"
#include "primebench/app/json_codec.hpp"

namespace primebench::microbench {

/// `elapsed` as the reply has it, written by the server's own code: how a duration is written is not what is compared.
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds elapsed);

/// What an encoder returned, as text.
[[nodiscard]] inline std::string_view text_of(std::string_view text) { return text; }
[[nodiscard]] inline std::string_view text_of(const Reply& reply) { return reply.text(); }

/// One reply written by an encoder that lives as long as a thread of the server.
template <typename Encoder>
struct Encoding {
  std::shared_ptr<Encoder> encoder;
  const JsonEncodeCase* reply;

  auto operator()() const {
    auto elapsed = reply->elapsed;
    benchmark::DoNotOptimize(elapsed);
    return encoder->encode(reply->n, reply->prime, elapsed);
  }
};

/// A benchmark a case for `Encoder`, which has `encode(std::uint32_t n, std::uint32_t prime, std::chrono::nanoseconds elapsed)`
/// and returns what `text_of` makes a std::string_view of.
template <typename Encoder>
bool register_json_encoder(std::string_view contender) {
  return register_benchmark([contender] {
    std::vector<Benchmark> benchmarks;
    for (const JsonEncodeCase& one : cases().json_encode) {
      const Encoding<Encoder> encoding{.encoder = std::make_shared<Encoder>(), .reply = &one};
      const Fault fault = [encoding, expected = std::string_view{one.text}] {
        const auto made = encoding();
        const std::string_view text = text_of(made);
        return text == expected ? std::string{} : std::string{"writes "}.append(text);
      };
      benchmarks.push_back(make_benchmark(std::string{"json_encode/"}.append(contender).append("/").append(one.name), fault,
                                          counting_bytes(one.text.size()), encoding));
    }
    return benchmarks;
  });
}

}  // namespace primebench::microbench
