#include "system_call.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>

namespace primebench::ceiling {

Descriptor listen_on(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw std::invalid_argument{"--host " + host + ": expected an IPv4 address"};
  }
  Descriptor listener{checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket")};
  const int on = 1;
  checked(::setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  // The sockets API takes every kind of address through this one.
  checked(::bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address),  // NOLINT(*-reinterpret-cast)
          "bind");
  checked(::listen(listener.number(), SOMAXCONN), "listen");
  return listener;
}

}  // namespace primebench::ceiling
