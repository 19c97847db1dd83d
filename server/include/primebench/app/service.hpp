#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "primebench/app/item.hpp"
#include "primebench/app/json_codec.hpp"
#include "primebench/app/order.hpp"
#include "primebench/app/prime.hpp"
#include "primebench/http/handler.hpp"

namespace primebench {

enum class Resource : std::uint8_t { unknown, calculate, health, plaintext, orders, item };

inline constexpr std::string_view calculate_path = "/calculate";
inline constexpr std::string_view health_path = "/health";
inline constexpr std::string_view plaintext_path = "/plaintext";
inline constexpr std::string_view orders_path = "/json";
inline constexpr std::string_view items_path = "/json/";  ///< before the item's number

/// The resource at a path, which is compared exactly; a query is ignored.
[[nodiscard]] Resource resource_of(std::string_view target) noexcept;

/// Whether a `Content-Type` value says JSON: by its media type, without regard to case, whatever the parameters (RFC 9110
/// section 8.3.1).
[[nodiscard]] bool is_json(std::string_view content_type) noexcept;

/// The `200` to /calculate. The time is the calculation's alone.
struct Calculated {
  Reply reply;
  std::chrono::nanoseconds elapsed;
};

/// What the service does, without HTTP framing: requests of the tasks prime, plaintext and json in, responses out. Nothing is
/// kept from one request for the next but the codecs' memory. One per thread.
class Service final : public Handler {
public:
  /// With `offload` calculations are deferred.
  explicit Service(std::uint32_t max_n, PrimeSearch search = nth_prime, bool offload = false) noexcept
      : max_n_{max_n}, offload_{offload}, search_{search} {}

  /// In the contract's order: 404, 405, 415.
  [[nodiscard]] const Problem* check_head(const Request& request) const noexcept override;

  /// Orders may be longer than the bodies of calculations.
  [[nodiscard]] std::uint32_t body_bytes_max(const Request& request, std::uint32_t usual) const noexcept override;

  void handle(const Request& request, ResponseWriter& response) override;

  /// The n that the body of a POST to /calculate asks for, or what is wrong with it.
  [[nodiscard]] std::variant<std::uint32_t, const Problem*> read_n(std::string_view body);

  /// May be called from any thread: it changes nothing.
  [[nodiscard]] Calculated calculate(std::uint32_t n) const noexcept;

private:
  void respond_with_calculation(std::string_view body, ResponseWriter& response);
  void respond_with_item(std::string_view target, ResponseWriter& response);
  void respond_with_summary(std::string_view body, ResponseWriter& response);

  BodyDecoder decoder_;
  ItemEncoder items_;
  OrderCodec orders_;
  std::uint32_t max_n_;
  bool offload_;
  PrimeSearch search_;
};

}  // namespace primebench
