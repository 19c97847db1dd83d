#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace primebench {

/// A property that does not hold. Nothing catches it in a fuzz target, so that libFuzzer keeps the input; the replay of the
/// corpus reports it with the file's name.
class Violation : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

inline void require(bool holds, std::string_view property) {
  if (!holds) {
    throw Violation{std::string{property}};
  }
}

}  // namespace primebench
