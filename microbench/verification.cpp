#include "verification.hpp"

#include <utility>

namespace primebench::microbench {
namespace {

/// Made on first use: files register in an order that nothing fixes.
std::vector<Verification>& verifications() {
  static std::vector<Verification> all;
  return all;
}

}  // namespace

bool must_hold(std::string_view subject, std::function<std::string()> fault) {
  verifications().push_back({.subject = std::string{subject}, .fault = std::move(fault)});
  return true;
}

std::vector<std::string> verify_all() {
  std::vector<std::string> faults;
  for (const auto& [subject, fault] : verifications()) {
    if (const std::string found = fault(); !found.empty()) {
      faults.push_back(std::string{subject}.append(": ").append(found));
    }
  }
  return faults;
}

}  // namespace primebench::microbench
