#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace primebench::load {

/// One response. Times are of the monotonic clock; `end_ns` is 0 in what has been allocated and not been written.
struct Row {
  /// When an open loop's schedule has it; of a closed loop its start.
  std::int64_t due_ns;
  std::int64_t start_ns;
  std::int64_t end_ns;
  std::uint32_t body_bytes;
  std::uint16_t status;
  std::uint8_t kind;
  /// 1 if it was due while all connections waited for responses.
  std::uint8_t waited;
};
static_assert(sizeof(Row) == 32);

/// A file of rows, given out in blocks that are on the disk and in memory before anybody writes to them.
class RowFile {
public:
  static constexpr std::size_t rows_in_block = 8192;

  /// Throws std::system_error if it cannot be made.
  explicit RowFile(const std::string& path);
  ~RowFile();
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;
  RowFile(RowFile&&) = delete;
  RowFile& operator=(RowFile&&) = delete;

  /// A block of its own for whoever asks, from any thread. Throws std::system_error if the disk is full.
  Row* new_block();

private:
  int file_;
  std::atomic<std::int64_t> blocks_ = 0;
};

/// Appends rows for one thread.
class RowWriter {
public:
  explicit RowWriter(RowFile& file) : file_{file}, next_{file.new_block()}, end_{next_ + RowFile::rows_in_block} {}

  void add(const Row& row) {
    if (next_ == end_) {
      next_ = file_.new_block();
      end_ = next_ + RowFile::rows_in_block;
    }
    *next_++ = row;
  }

private:
  RowFile& file_;
  Row* next_;
  Row* end_;
};

}  // namespace primebench::load
