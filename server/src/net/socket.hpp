#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace primebench {

/// A file descriptor that is closed at the end.
class Descriptor {
public:
  /// `number` is one that nobody else closes, or negative: none.
  explicit Descriptor(int number) noexcept : number_{number} {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const noexcept { return number_; }

private:
  int number_;
};

/// A connected TCP socket that never blocks. Asio's would be watched by Asio's reactor, too, whether anything waits there or
/// not.
class Socket {
public:
  using ErrorCode = boost::system::error_code;

  /// `descriptor` is a socket in non-blocking mode.
  explicit Socket(Descriptor descriptor) noexcept : descriptor_{std::move(descriptor)} {}

  [[nodiscard]] int number() const noexcept { return descriptor_.number(); }

  /// Has small responses sent at once (TCP_NODELAY).
  void set_no_delay(ErrorCode& error) noexcept;

  /// Returns how many bytes were read; 0 with an error: `would_block`, `eof`, or what the kernel says.
  std::size_t read_some(std::span<char> buffer, ErrorCode& error) noexcept;

  /// Returns how many bytes were written; 0 with an error.
  std::size_t write_some(std::string_view bytes, ErrorCode& error) noexcept;

  /// Tells the client that no more is sent.
  void shutdown_send(ErrorCode& error) noexcept;

private:
  Descriptor descriptor_;
};

}  // namespace primebench
