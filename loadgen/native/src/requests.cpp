#include "requests.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace primebench::load {
namespace {

static_assert(std::endian::native == std::endian::little, "the file's numbers are little-endian");

constexpr std::string_view magic = "PBREQ001";

/// Takes numbers and texts off the front of what is left.
class Reader {
public:
  explicit Reader(std::string_view content) : left_{content} {}

  template <typename Number>
  Number number() {
    Number value{};
    const std::string_view taken = bytes(sizeof value);
    std::memcpy(&value, taken.data(), taken.size());
    return value;
  }

  std::string_view bytes(std::size_t size) {
    if (size > left_.size()) {
      throw std::runtime_error{"the file of requests is cut short"};
    }
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

  [[nodiscard]] std::size_t left() const { return left_.size(); }

private:
  std::string_view left_;
};

std::string_view mapped(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (file < 0) {
    throw std::system_error{errno, std::generic_category(), path};
  }
  struct stat status{};
  void* address = MAP_FAILED;
  if (::fstat(file, &status) == 0 && status.st_size > 0) {
    address = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  }
  const int error = errno;
  ::close(file);
  if (address == MAP_FAILED) {
    throw std::system_error{error, std::generic_category(), path};
  }
  return {static_cast<const char*>(address), static_cast<std::size_t>(status.st_size)};
}

}  // namespace

RequestFile::RequestFile(const std::string& path) : content_{mapped(path)} {
  try {
    read();
  } catch (...) {
    ::munmap(const_cast<char*>(content_.data()), content_.size());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    throw;
  }
}

RequestFile::~RequestFile() {
  ::munmap(const_cast<char*>(content_.data()), content_.size());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void RequestFile::read() {
  Reader reader{content_};
  if (reader.bytes(magic.size()) != magic) {
    throw std::runtime_error{"not a file of requests"};
  }
  const auto kinds = reader.number<std::uint32_t>();
  const auto requests = reader.number<std::uint32_t>();
  const auto length = reader.number<std::uint64_t>();
  begins_again_ = reader.number<std::uint8_t>() != 0;
  for (std::uint32_t number = 0; number < kinds; ++number) {
    const auto size = reader.number<std::uint8_t>();
    kinds_.emplace_back(reader.bytes(size));
  }
  for (std::uint32_t number = 0; number < requests; ++number) {
    const auto kind = reader.number<std::uint8_t>();
    const bool is_head = reader.number<std::uint8_t>() != 0;
    const auto size = reader.number<std::uint32_t>();
    requests_.push_back({.bytes = reader.bytes(size), .kind = kind, .is_head = is_head});
    if (kind >= kinds_.size()) {
      throw std::runtime_error{"a request is of no kind that the file names"};
    }
  }
  if (length == 0 || reader.left() / sizeof(std::uint32_t) != length || reader.left() % sizeof(std::uint32_t) != 0) {
    throw std::runtime_error{"the order of requests is empty or has another length than it says"};
  }
  order_.resize(length);
  std::memcpy(order_.data(), reader.bytes(reader.left()).data(), length * sizeof(std::uint32_t));
  if (*std::ranges::max_element(order_) >= requests_.size()) {
    throw std::runtime_error{"the order names a request that is not there"};
  }
}

}  // namespace primebench::load
