#include "primebench/app/service.hpp"

#include <boost/beast/core/string.hpp>

namespace primebench {
namespace {

constexpr std::string_view optional_white_space = " \t";

bool iequals(std::string_view left, std::string_view right) noexcept {
  return boost::beast::iequals({left.data(), left.size()}, {right.data(), right.size()});
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

Resource resource_of(std::string_view path_and_query) noexcept {
  const std::string_view path = path_and_query.substr(0, path_and_query.find('?'));
  if (path == calculate_path) {
    return Resource::calculate;
  }
  return path == health_path ? Resource::health : Resource::unknown;
}

ContentType content_type_of(std::string_view value) noexcept {
  const std::string_view media_type = value.substr(0, value.find(';'));
  const auto last = media_type.find_last_not_of(optional_white_space);
  return iequals(media_type.substr(0, last + 1), "application/json") ? ContentType::json : ContentType::other;
}

const Problem* Service::judge(const RequestHead& head) noexcept {
  switch (head.resource) {
    case Resource::unknown:
      return &problems::not_found;
    case Resource::health:
      return head.method == Method::get || head.method == Method::head ? nullptr : &problems::only_get;
    case Resource::calculate:
      break;
  }
  if (head.method != Method::post) {
    return &problems::only_post;
  }
  return head.content_type == ContentType::json ? nullptr : &problems::not_json;
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
