#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark.hpp"
#include "cases.hpp"

namespace primebench::microbench {

/// One body read by a decoder that lives as long as a thread of the server: what it keeps it may use again.
template <typename Decoder>
struct Decoding {
  std::shared_ptr<Decoder> decoder;
  std::string_view body;

  std::uint32_t operator()() const {
    std::string_view input = body;
    benchmark::DoNotOptimize(input);
    return decoder->decode(input);
  }
};

[[nodiscard]] std::string fault_of_decoding(std::uint32_t read, std::uint32_t expected);

/// A benchmark a case for `Decoder`, which has `std::uint32_t decode(std::string_view body)`: n, or 0 for a body that is to be
/// refused. All of the body must have been looked at, as the contract wants.
template <typename Decoder>
bool register_json_decoder(std::string_view contender) {
  return register_benchmark([contender] {
    std::vector<Benchmark> benchmarks;
    for (const JsonDecodeCase& one : cases().json_decode) {
      const Decoding<Decoder> decoding{.decoder = std::make_shared<Decoder>(), .body = one.body};
      const Fault fault = [decoding, expected = one.n] { return fault_of_decoding(decoding(), expected); };
      benchmarks.push_back(make_benchmark(std::string{"json_decode/"}.append(contender).append("/").append(one.name), fault,
                                          counting_bytes(one.body.size()), decoding));
    }
    return benchmarks;
  });
}

}  // namespace primebench::microbench
