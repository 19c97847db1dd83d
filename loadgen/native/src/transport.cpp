#include "transport.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace primebench::load {
namespace {

std::string reason_of_tls() {
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  return reason == nullptr ? "unknown reason" : reason;
}

}  // namespace

Address::Address(const Options& options) {
  if (!options.unix_socket.empty()) {
    sockaddr_un local{};
    if (options.unix_socket.size() >= sizeof local.sun_path) {
      throw std::runtime_error{options.unix_socket + ": too long for the path of a Unix socket"};
    }
    local.sun_family = AF_UNIX;
    std::memcpy(static_cast<char*>(local.sun_path), options.unix_socket.data(), options.unix_socket.size());
    std::memcpy(&storage_, &local, sizeof local);
    size_ = sizeof local;
    return;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(options.host.c_str(), options.port.c_str(), &hints, &found); error != 0) {
    throw std::runtime_error{options.host + ":" + options.port + ": " + ::gai_strerror(error)};
  }
  std::memcpy(&storage_, found->ai_addr, found->ai_addrlen);
  size_ = found->ai_addrlen;
  ::freeaddrinfo(found);
}

Tls::Tls(const Options& options) : host_{options.host} {
  if (!options.tls) {
    return;
  }
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!context_) {
    throw std::runtime_error{"TLS: " + reason_of_tls()};
  }
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  constexpr std::array<unsigned char, 9> http_1_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context_.get(), http_1_1.data(), http_1_1.size());
  if (!options.authority.empty()) {
    if (SSL_CTX_load_verify_file(context_.get(), options.authority.c_str()) != 1) {
      throw std::runtime_error{options.authority + ": " + reason_of_tls()};
    }
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  }
}

Progress Transport::failed(const char* doing, int error) {
  fault_ = std::string{doing} + ": " + std::generic_category().message(error);
  return Progress::failed;
}

Progress Transport::open() {
  close();
  fd_ = ::socket(address_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) {
    return failed("no socket", errno);
  }
  if (address_.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (::connect(fd_, address_.get(), address_.size()) == 0) {
    is_connected_ = true;
    return shake_hands();
  }
  if (errno == EAGAIN && address_.family() == AF_UNIX) {
    return Progress::wants_room;
  }
  return errno == EINPROGRESS ? Progress::wants_write : failed("cannot connect", errno);
}

Progress Transport::establish() {
  if (!is_connected_) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      return failed("cannot connect", error);
    }
    is_connected_ = true;
  }
  return shake_hands();
}

Progress Transport::shake_hands() {
  if (!tls_.is_on()) {
    return Progress::done;
  }
  if (!ssl_) {
    ssl_.reset(SSL_new(tls_.context()));
    SSL_set_fd(ssl_.get(), fd_);
    // RFC 6066 3: an address is no server name.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), tls_.host().c_str()) != 1) {
      SSL_set_tlsext_host_name(ssl_.get(), tls_.host().c_str());
      SSL_set1_host(ssl_.get(), tls_.host().c_str());
    }
    SSL_set_connect_state(ssl_.get());
  }
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Progress::done : of_tls("TLS handshake", result);
}

Progress Transport::of_tls(const char* doing, int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Progress::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Progress::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return Progress::closed;
    case SSL_ERROR_SYSCALL:
      if (errno == 0) {
        return Progress::closed;
      }
      return failed(doing, errno);
    default:
      fault_ = std::string{doing} + ": " + reason_of_tls();
      return Progress::failed;
  }
}

Progress Transport::send(std::string_view& bytes) {
  while (!bytes.empty()) {
    if (ssl_) {
      ERR_clear_error();
      std::size_t sent = 0;
      if (const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent); result != 1) {
        return of_tls("cannot send", result);
      }
      bytes.remove_prefix(sent);
      continue;
    }
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return Progress::wants_write;
      }
      return errno == EPIPE || errno == ECONNRESET ? Progress::closed : failed("cannot send", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return Progress::done;
}

Progress Transport::receive(std::span<char> space, std::size_t& size) {
  size = 0;
  if (ssl_) {
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), space.data(), space.size(), &size);
    return result == 1 ? Progress::done : of_tls("cannot receive", result);
  }
  const ssize_t received = ::recv(fd_, space.data(), space.size(), 0);
  if (received > 0) {
    size = static_cast<std::size_t>(received);
    return Progress::done;
  }
  if (received == 0 || errno == ECONNRESET) {
    return Progress::closed;
  }
  return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::wants_read : failed("cannot receive", errno);
}

void Transport::close() {
  if (fd_ < 0) {
    return;
  }
  if (ssl_) {
    SSL_set_quiet_shutdown(ssl_.get(), 1);
    SSL_shutdown(ssl_.get());
    ssl_.reset();
  }
  ::close(fd_);
  fd_ = -1;
  is_connected_ = false;
}

}  // namespace primebench::load
