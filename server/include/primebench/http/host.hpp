#pragma once

#include <string_view>

namespace primebench {

/// Whether `text` is a host that an http URI may name, with or without a port: uri-host [ ":" port ] (RFC 9110 section 7.2,
/// RFC 3986 section 3.2.2). Stricter than that grammar in three things:
///
/// * The host is not empty: an http URI needs one (RFC 9110 section 4.2.1), and this server has no name of its own to put in
///   its place (RFC 9112 section 3.3).
/// * There is no comma, which a reg-name may have: a Host with one is what an intermediary makes of two (RFC 9110 section 5.3).
/// * The port is one of TCP's, or empty.
[[nodiscard]] bool is_host(std::string_view text) noexcept;

}  // namespace primebench
