#pragma once

#include <string_view>

namespace primebench::load {

/// Throws std::logic_error if the reader tells another response of the same bytes when they come in other pieces.
void check_response(std::string_view received);

}  // namespace primebench::load
