#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace primebench {

/// Which of the forms of a request target a method may have (RFC 9112 section 3.2).
enum class TargetForms : std::uint8_t {
  usual,          ///< origin-form or absolute-form
  with_asterisk,  ///< OPTIONS: those or "*"
  authority,      ///< CONNECT: a host and its port
};

/// The path and query that `target` asks for, or `target` itself in asterisk-form and authority-form; nothing if it is none of
/// the forms or breaks RFC 3986's grammar. An absolute-form must be an http URI: a request for another scheme's resource must
/// be rejected where it is not served (RFC 9110 section 7.4), userinfo is taken for an error (section 4.2.4).
[[nodiscard]] std::optional<std::string_view> path_and_query_of(std::string_view target, TargetForms forms) noexcept;

}  // namespace primebench
