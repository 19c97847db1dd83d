#include "socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

namespace primebench {
namespace {

/// The result of a system call that may be interrupted by a signal; negative with an error.
template <typename Call>
ssize_t uninterrupted(Call call, Socket::ErrorCode& error) noexcept {
  ssize_t result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  error = result < 0 ? Socket::ErrorCode{errno, boost::system::system_category()} : Socket::ErrorCode{};
  return result;
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}

Descriptor::~Descriptor() {
  if (number_ >= 0) {
    ::close(number_);
  }
}

// They change the connection, of which the descriptor is only the name.
// NOLINTBEGIN(readability-make-member-function-const)
void Socket::set_no_delay(ErrorCode& error) noexcept {
  const int on = 1;
  uninterrupted([&] { return ::setsockopt(number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); }, error);
}

std::size_t Socket::read_some(std::span<char> buffer, ErrorCode& error) noexcept {
  const ssize_t bytes = uninterrupted([&] { return ::recv(number(), buffer.data(), buffer.size(), 0); }, error);
  if (bytes == 0) {
    error = boost::asio::error::eof;
  }
  return bytes < 0 ? 0 : static_cast<std::size_t>(bytes);
}

std::size_t Socket::write_some(std::string_view bytes, ErrorCode& error) noexcept {
  const ssize_t sent = uninterrupted([&] { return ::send(number(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }, error);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void Socket::shutdown_send(ErrorCode& error) noexcept {
  uninterrupted([&] { return ::shutdown(number(), SHUT_WR); }, error);
}
// NOLINTEND(readability-make-member-function-const)

}  // namespace primebench
