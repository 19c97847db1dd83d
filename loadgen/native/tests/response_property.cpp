#include "response_property.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <tuple>

#include "response_reader.hpp"

namespace primebench::load {
namespace {

struct Outcome {
  bool is_whole = false;
  bool is_wrong = false;
  unsigned status = 0;
  std::uint64_t body_bytes = 0;
  std::size_t left = 0;

  [[nodiscard]] auto key() const { return std::tie(is_whole, is_wrong, status, body_bytes, left); }
};

/// As a connection does it: what is left comes again with more behind it, and then the connection ends.
Outcome read_in_pieces(std::string_view received, std::size_t size, bool to_head) {
  ResponseReader reader;
  reader.start(to_head);
  std::string held;
  while (!received.empty() && !reader.response() && reader.fault().empty()) {
    const std::size_t taken = std::min(size, received.size());
    held += received.substr(0, taken);
    received.remove_prefix(taken);
    const std::size_t used = reader.take(held);
    if (used > held.size()) {
      throw std::logic_error{"more bytes used up than there were"};
    }
    held.erase(0, used);
  }
  const std::size_t left = held.size() + received.size();
  reader.end();
  Outcome outcome{.is_whole = reader.response().has_value(), .is_wrong = !reader.fault().empty()};
  if (outcome.is_whole == outcome.is_wrong) {
    throw std::logic_error{"a response is either whole or wrong"};
  }
  if (outcome.is_whole) {
    outcome.status = reader.response()->status;
    outcome.body_bytes = reader.response()->body_bytes;
    outcome.left = left;
  }
  return outcome;
}

}  // namespace

void check_response(std::string_view received) {
  for (const bool to_head : {false, true}) {
    const Outcome whole = read_in_pieces(received, received.size() + 1, to_head);
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}}) {
      if (read_in_pieces(received, size, to_head).key() != whole.key()) {
        throw std::logic_error{"another response when it comes in pieces of " + std::to_string(size)};
      }
    }
  }
}

}  // namespace primebench::load
