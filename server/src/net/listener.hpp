#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "worker.hpp"

namespace primebench {

/// Accepts connections and deals them to the workers in turn. Runs on a thread that serves nothing, so that a calculation
/// never delays an accept.
class Listener {
public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  /// Listens from now on. Throws boost::system::system_error if the address is in use, or not this machine's.
  /// While `connections_max` are open, none is accepted: clients wait in the kernel's backlog.
  Listener(boost::asio::io_context& context, const Endpoint& endpoint, std::span<const std::unique_ptr<Worker>> workers,
           std::uint32_t connections_max);

  void start() { wait(); }

  /// Deals what the kernel has accepted already, then accepts nothing more.
  void stop();

  [[nodiscard]] Endpoint endpoint() const { return acceptor_.local_endpoint(); }

private:
  void wait();
  void wait_for_resources();
  void accept_all();
  [[nodiscard]] bool is_full() const noexcept;

  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type> acceptor_;
  boost::asio::steady_timer retry_;
  std::span<const std::unique_ptr<Worker>> workers_;
  std::uint32_t connections_max_;
  std::size_t turn_ = 0;
};

}  // namespace primebench
