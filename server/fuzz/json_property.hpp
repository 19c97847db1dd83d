#pragma once

#include <string_view>

namespace primebench {

/// Holds `BodyDecoder` to what another parser says of `body`, and it and `OrderCodec` to what is true of any body. Throws
/// `Violation`.
void check_json(std::string_view body);

}  // namespace primebench
