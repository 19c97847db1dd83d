#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace primebench::ceiling {

/// The result of a system call; throws std::system_error named after it if the call failed.
inline int checked(int result, const char* name) {
  if (result < 0) {
    throw std::system_error{errno, std::generic_category(), name};
  }
  return result;
}

/// A file descriptor that is closed at the end.
class Descriptor {
public:
  explicit Descriptor(int number) noexcept : number_{number} {}
  Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  [[nodiscard]] int number() const noexcept { return number_; }

private:
  int number_;
};

/// A non-blocking TCP socket that listens on an IPv4 address.
[[nodiscard]] Descriptor listen_on(const std::string& host, std::uint16_t port);

}  // namespace primebench::ceiling
