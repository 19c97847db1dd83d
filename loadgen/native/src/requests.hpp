#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace primebench::load {

/// A request as it goes over the wire.
struct Request {
  std::string_view bytes;
  std::uint8_t kind;
  /// HEAD: its response has no body, whatever its header says.
  bool is_head;
};

/// Prepared requests in the order in which they are sent, mapped from a file of loadgen/generator/request_file.py:
///
///     "PBREQ001" | u32 kinds | u32 requests | u64 length of the order | u8 whether the order may begin again
///     kinds:    u8 length, name
///     requests: u8 kind, u8 whether it is HEAD, u32 length, bytes
///     order:    u32 index of a request
///
/// All numbers are little-endian. Whoever sends the same file sends the same bytes.
class RequestFile {
public:
  /// Throws std::runtime_error if the file cannot be read or is none.
  explicit RequestFile(const std::string& path);
  ~RequestFile();
  RequestFile(const RequestFile&) = delete;
  RequestFile& operator=(const RequestFile&) = delete;
  RequestFile(RequestFile&&) = delete;
  RequestFile& operator=(RequestFile&&) = delete;

  [[nodiscard]] std::span<const std::string> kinds() const { return kinds_; }

  /// The request at that place of the order; nullptr behind the end of an order that may not begin again.
  [[nodiscard]] const Request* at(std::uint64_t place) const {
    if (place >= order_.size()) {
      if (!begins_again_) {
        return nullptr;
      }
      place %= order_.size();
    }
    return &requests_[order_[place]];
  }

private:
  void read();

  std::string_view content_;
  std::vector<std::string> kinds_;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> order_;
  bool begins_again_ = false;
};

}  // namespace primebench::load
