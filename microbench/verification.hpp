#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace primebench::microbench {

/// One thing that must be right before anything is timed: returns what is wrong, or nothing.
struct Verification {
  std::string subject;
  std::function<std::string()> fault;
};

/// Adds to the list that `verify_all` goes through. Returns true, so that it can initialise a constant of a contender's file.
bool must_hold(std::string_view subject, std::function<std::string()> fault);

/// One line for each subject that is wrong.
[[nodiscard]] std::vector<std::string> verify_all();

}  // namespace primebench::microbench
