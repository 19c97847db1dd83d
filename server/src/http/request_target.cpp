#include "primebench/http/request_target.hpp"

#include <boost/beast/core/string.hpp>

#include "primebench/http/host.hpp"
#include "uri_characters.hpp"

namespace primebench {
namespace {

constexpr std::string_view scheme = "http://";

bool has_scheme(std::string_view target) noexcept {
  const std::string_view begin = target.substr(0, scheme.size());
  return boost::beast::iequals({begin.data(), begin.size()}, {scheme.data(), scheme.size()});
}

/// path-abempty [ "?" query ]
bool is_path_and_query(std::string_view text) noexcept {
  const bool begins_right = text.empty() || text.front() == '/' || text.front() == '?';
  // A query may have all characters that a path may, and "?"; the path ends at the first of those.
  return begins_right && skip_with_encoded(text, UriClass::query) == text.data() + text.size();
}

/// "http:" "//" authority path-abempty [ "?" query ]
std::optional<std::string_view> path_and_query_of_absolute(std::string_view target) noexcept {
  if (!has_scheme(target)) {
    return std::nullopt;
  }
  target.remove_prefix(scheme.size());
  const std::string_view authority = target.substr(0, target.find_first_of("/?#"));
  target.remove_prefix(authority.size());
  if (!is_host(authority) || !is_path_and_query(target)) {
    return std::nullopt;
  }
  return target.empty() ? "/" : target;
}

/// uri-host ":" port, and neither is empty (RFC 9110 section 9.3.6).
bool is_authority_form(std::string_view target) noexcept {
  return is_host(target) && is_in(target.back(), UriClass::digit) &&
         target.find(':', target.starts_with('[') ? target.find(']') : 0) != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> path_and_query_of(std::string_view target, TargetForms forms) noexcept {
  if (forms == TargetForms::authority) {
    return is_authority_form(target) ? std::optional{target} : std::nullopt;
  }
  if (target.starts_with('/')) {
    return is_path_and_query(target) ? std::optional{target} : std::nullopt;
  }
  if (forms == TargetForms::with_asterisk && target == "*") {
    return target;
  }
  return path_and_query_of_absolute(target);
}

}  // namespace primebench
