#include "rows.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace primebench::load {
namespace {

constexpr std::size_t block_bytes = RowFile::rows_in_block * sizeof(Row);

int made(const std::string& path) {
  const int file =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (file < 0) {
    throw std::system_error{errno, std::generic_category(), path};
  }
  return file;
}

}  // namespace

RowFile::RowFile(const std::string& path) : file_{made(path)} {}

/// Blocks stay mapped until the program ends: writers outlive no file.
RowFile::~RowFile() { ::close(file_); }

Row* RowFile::new_block() {
  const std::int64_t at = blocks_.fetch_add(1, std::memory_order_relaxed) * static_cast<std::int64_t>(block_bytes);
  // Space first: writing to a mapping that the disk has no room for ends the program with SIGBUS.
  if (const int error = ::posix_fallocate(file_, at, block_bytes); error != 0) {
    throw std::system_error{error, std::generic_category(), "the file of rows"};
  }
  void* const block = ::mmap(nullptr, block_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file_, at);
  if (block == MAP_FAILED) {
    throw std::system_error{errno, std::generic_category(), "the file of rows"};
  }
  return static_cast<Row*>(block);
}

}  // namespace primebench::load
