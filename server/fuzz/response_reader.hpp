#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace primebench {

/// A response as `read_responses` understands it; equal for equal requests.
struct Response {
  int status = 0;
  std::string reason;
  std::string allow;
  std::string connection;
  std::string content_type;
  std::string content;  ///< a calculation's duration replaced by `0s`
  bool content_omitted = false;

  [[nodiscard]] bool is_interim() const noexcept { return status == 100; }

  friend bool operator==(const Response&, const Response&) = default;
};

/// All that may differ between conversations that are otherwise right.
struct Expected {
  std::string_view date;
  unsigned max_n = 0;
};

/// Reads what a service wrote without any of the service's code, and holds every response to the contract: HTTP/1.1 syntax,
/// a status it lists, the fields and contents it describes, and in errors not one byte that is not a constant of the
/// service. Throws `Violation`.
std::vector<Response> read_responses(std::string_view bytes, const Expected& expected);

}  // namespace primebench
