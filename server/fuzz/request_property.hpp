#pragma once

#include <string_view>

namespace primebench {

/// Holds `Conversation` to what is true of any bytes from a client: see request_property.cpp. Throws `Violation`.
///
/// `input` is a plan in one line and the stream of the client after it. The plan's first byte chooses the limits, each
/// further one the size of a read; they are used over and over. An empty plan: the stream in one read.
void check_request(std::string_view input);

}  // namespace primebench
