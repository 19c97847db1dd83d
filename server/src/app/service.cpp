#include "primebench/app/service.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <optional>
#include <string>

#include "primebench/app/problems.hpp"

namespace primebench {
namespace {

constexpr std::string_view optional_white_space = " \t";

bool iequals(std::string_view left, std::string_view right) noexcept {
  return boost::beast::iequals({left.data(), left.size()}, {right.data(), right.size()});
}

bool is_at(std::string_view path, std::string_view target) noexcept {
  return target.starts_with(path) && (target.size() == path.size() || target[path.size()] == '?');
}

/// The number of the item that `target` names, if it names one.
std::optional<std::uint32_t> item_at(std::string_view target) noexcept {
  if (!target.starts_with(items_path)) {
    return std::nullopt;
  }
  return item_id(target.substr(0, target.find('?')).substr(items_path.size()));
}

const Problem* problem_of(BodyVerdict verdict) noexcept {
  switch (verdict) {
    case BodyVerdict::has_n:
      return nullptr;
    case BodyVerdict::malformed:
      return &problems::malformed_json;
    case BodyVerdict::not_an_object:
      return &problems::not_an_object;
    case BodyVerdict::n_missing:
      return &problems::n_missing;
    case BodyVerdict::n_not_an_integer:
      return &problems::n_not_an_integer;
    case BodyVerdict::n_beyond_32_bits:
      return &problems::n_out_of_range;
  }
  return &problems::malformed_json;
}

}  // namespace

Resource resource_of(std::string_view target) noexcept {
  if (is_at(calculate_path, target)) {
    return Resource::calculate;
  }
  if (is_at(plaintext_path, target)) {
    return Resource::plaintext;
  }
  if (is_at(orders_path, target)) {
    return Resource::orders;
  }
  if (item_at(target)) {
    return Resource::item;
  }
  return is_at(health_path, target) ? Resource::health : Resource::unknown;
}

bool is_json(std::string_view content_type) noexcept {
  const std::string_view media_type = content_type.substr(0, content_type.find(';'));
  const auto last = media_type.find_last_not_of(optional_white_space);
  return iequals(media_type.substr(0, last + 1), "application/json");
}

const Problem* Service::check_head(const Request& request) const noexcept {
  switch (resource_of(request.target)) {
    case Resource::unknown:
      return &problems::not_found;
    case Resource::health:
    case Resource::plaintext:
    case Resource::item:
      return request.method == Method::get || request.method == Method::head ? nullptr : &problems::only_get;
    case Resource::calculate:
    case Resource::orders:
      break;
  }
  if (request.method != Method::post) {
    return &problems::only_post;
  }
  return is_json(request.content_type) ? nullptr : &problems::not_json;
}

std::uint32_t Service::body_bytes_max(const Request& request, std::uint32_t usual) const noexcept {
  return resource_of(request.target) == Resource::orders ? std::max(usual, order_bytes_max) : usual;
}

void Service::handle(const Request& request, ResponseWriter& response) {
  switch (resource_of(request.target)) {
    case Resource::calculate:
      return respond_with_calculation(request.body, response);
    case Resource::plaintext:
      return response.text("Hello, World!");
    case Resource::item:
      return respond_with_item(request.target, response);
    case Resource::orders:
      return respond_with_summary(request.body, response);
    case Resource::health:
      return response.ok(R"({"status":"ok"})");
    case Resource::unknown:
      return response.problem(problems::not_found);
  }
}

void Service::respond_with_calculation(std::string_view body, ResponseWriter& response) {
  const auto read = read_n(body);
  if (const auto* const problem = std::get_if<const Problem*>(&read)) {
    response.problem(**problem);
    return;
  }
  const std::uint32_t n = std::get<std::uint32_t>(read);
  if (offload_) {
    response.defer([this, n] { return std::string{calculate(n).reply.text()}; });
    return;
  }
  const Calculated calculated = calculate(n);
  response.took(calculated.elapsed);
  response.ok(calculated.reply.text());
}

void Service::respond_with_item(std::string_view target, ResponseWriter& response) {
  const auto id = item_at(target);
  id ? response.ok(items_.encode(Item{*id})) : response.problem(problems::not_found);
}

void Service::respond_with_summary(std::string_view body, ResponseWriter& response) {
  const OrderVerdict verdict = orders_.read(body);
  if (verdict == OrderVerdict::other_shape) {
    return response.problem(problems::not_an_order);
  }
  const std::string_view json = verdict == OrderVerdict::whole ? orders_.encode() : std::string_view{};
  json.empty() ? response.problem(problems::malformed_json) : response.ok(json);
}

std::variant<std::uint32_t, const Problem*> Service::read_n(std::string_view body) {
  const DecodedBody decoded = decoder_.decode(body);
  if (const Problem* const problem = problem_of(decoded.verdict)) {
    return problem;
  }
  if (decoded.n < 1 || decoded.n > max_n_) {
    return &problems::n_out_of_range;
  }
  return decoded.n;
}

Calculated Service::calculate(std::uint32_t n) const noexcept {
  const auto start = std::chrono::steady_clock::now();
  const std::uint32_t prime = search_(n);
  const std::chrono::nanoseconds elapsed = std::chrono::steady_clock::now() - start;
  return {.reply = Reply{n, prime, elapsed}, .elapsed = elapsed};
}

}  // namespace primebench
