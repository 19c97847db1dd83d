#pragma once

#include <optional>
#include <string_view>

#include "primebench/app/json_codec.hpp"

namespace primebench {

/// What `BodyDecoder` has to say of `body`, according to Boost.JSON. For a body that is both malformed and no object it is
/// `malformed`. std::nullopt where the contract leaves the answer open: a lone surrogate in an escape, a byte order mark.
std::optional<DecodedBody> expected_verdict(std::string_view body);

/// Whether `text` is one JSON text, according to Boost.JSON.
bool is_json_text(std::string_view text);

}  // namespace primebench
