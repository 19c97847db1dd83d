#pragma once

#include <cstdint>
#include <string_view>

namespace primebench {

enum class Method : std::uint8_t { other, get, head, post };

/// A request, or as much of it as has been read. The views are valid during the call that is given them.
struct Request {
  Method method = Method::other;
  std::string_view target;        ///< path and query; in asterisk-form and authority-form all of it
  std::string_view content_type;  ///< the field's value; empty if there is no such field, or more than one
  std::string_view body;          ///< without the transfer coding; empty until all of it has been read
};

}  // namespace primebench
