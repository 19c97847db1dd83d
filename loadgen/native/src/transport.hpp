#pragma once

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "options.hpp"

namespace primebench::load {

/// Where connections go, resolved once.
class Address {
public:
  /// Throws std::runtime_error if there is no such address.
  explicit Address(const Options& options);

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }  // NOLINT
  [[nodiscard]] socklen_t size() const { return size_; }
  [[nodiscard]] int family() const { return storage_.ss_family; }

private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

/// How connections speak TLS; without it, nothing.
class Tls {
public:
  /// Throws std::runtime_error if the certificates cannot be read.
  explicit Tls(const Options& options);

  [[nodiscard]] bool is_on() const { return context_ != nullptr; }
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }
  [[nodiscard]] const std::string& host() const { return host_; }

private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
  std::string host_;
};

/// What came of an attempt to move bytes on a socket that does not block. A connection to a Unix socket wants room where the
/// server has not accepted enough of those before it: nothing tells when there is.
enum class Progress : std::uint8_t { done, wants_read, wants_write, wants_room, closed, failed };

/// A connection's socket, in the clear or under TLS.
class Transport {
public:
  Transport(const Address& address, const Tls& tls) : address_{address}, tls_{tls} {}
  ~Transport() { close(); }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  Transport(Transport&&) = delete;
  Transport& operator=(Transport&&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  /// What the last failure was.
  [[nodiscard]] const std::string& fault() const { return fault_; }

  /// Begin to connect. Failed only if it is known at once.
  Progress open();
  /// Go on with connecting, and with TLS's handshake, once the socket is ready.
  Progress establish();
  /// Send from the front of `bytes`, and take what was sent off it.
  Progress send(std::string_view& bytes);
  /// Receive into `space`; `size` of it were filled.
  Progress receive(std::span<char> space, std::size_t& size);
  /// Whether bytes wait inside TLS, of which the socket shows nothing.
  [[nodiscard]] bool holds_more() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }
  void close();

private:
  Progress failed(const char* doing, int error);
  Progress of_tls(const char* doing, int result);
  Progress shake_hands();

  const Address& address_;
  const Tls& tls_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  std::string fault_;
  int fd_ = -1;
  bool is_connected_ = false;
};

}  // namespace primebench::load
