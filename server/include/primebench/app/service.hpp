#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "primebench/app/json_codec.hpp"
#include "primebench/app/prime.hpp"
#include "primebench/app/problems.hpp"

namespace primebench {

enum class Resource : std::uint8_t { unknown, calculate, health };
enum class Method : std::uint8_t { other, get, head, post };
enum class ContentType : std::uint8_t { absent, json, other };

inline constexpr std::string_view calculate_path = "/calculate";
inline constexpr std::string_view health_path = "/health";

/// The resource at a path, which is compared exactly; a query is ignored.
[[nodiscard]] Resource resource_of(std::string_view path_and_query) noexcept;

/// What a `Content-Type` value says: its media type, without regard to case, whatever the parameters (RFC 9110 8.3.1).
[[nodiscard]] ContentType content_type_of(std::string_view value) noexcept;

/// All that the service needs to know of a request's head.
struct RequestHead {
  Resource resource = Resource::unknown;
  Method method = Method::other;
  ContentType content_type = ContentType::absent;
};

/// The `200` to /calculate. The time is the calculation's alone.
struct Calculated {
  Reply reply;
  std::chrono::nanoseconds elapsed;
};

/// What the service does, without HTTP framing: requests in, answers out. Nothing is kept from one request for the next but
/// the decoder's memory. One per thread.
class Service {
public:
  explicit Service(std::uint32_t max_n, PrimeSearch search = nth_prime) noexcept : max_n_{max_n}, search_{search} {}

  /// The error that the head alone decides, in the contract's order (404, 405, 415), or nullptr.
  [[nodiscard]] static const Problem* judge(const RequestHead& head) noexcept;

  /// The n that the body of a POST to /calculate asks for, or what is wrong with it.
  [[nodiscard]] std::variant<std::uint32_t, const Problem*> read_n(std::string_view body);

  /// Answers it. May be called from any thread: it changes nothing.
  [[nodiscard]] Calculated calculate(std::uint32_t n) const noexcept;

private:
  BodyDecoder decoder_;
  std::uint32_t max_n_;
  PrimeSearch search_;
};

}  // namespace primebench
