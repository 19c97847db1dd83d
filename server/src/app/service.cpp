#include "primebench/app/service.hpp"

#include <boost/beast/core/string.hpp>
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
      return request.method == Method::get || request.method == Method::head ? nullptr : &problems::only_get;
    case Resource::calculate:
      break;
  }
  if (request.method != Method::post) {
    return &problems::only_post;
  }
  return is_json(request.content_type) ? nullptr : &problems::not_json;
}

void Service::handle(const Request& request, ResponseWriter& response) {
  if (resource_of(request.target) == Resource::health) {
    response.ok(R"({"status":"ok"})");
    return;
  }
  const auto read = read_n(request.body);
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
