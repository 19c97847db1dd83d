// new-service --host 127.0.0.1 --port 8080 --threads 1

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

namespace {

// What is asked: the only request that is answered so far.
constexpr std::string_view path = "/path-of-the-task";
constexpr std::string_view body = "body-of-the-task";

Response answer(const Request& request, bool is_right) {
  Response response(http::status::ok, request.version());
  response.keep_alive(is_right && request.keep_alive());
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  const std::string target(request.target());
  if (!is_right) {
    response.result(http::status::bad_request);
  } else if (target.substr(0, target.find('?')) != path) {
    response.result(http::status::not_found);
  } else if (request.method() == http::verb::get) {
    response.body() = body;
  } else {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET");
  }
  response.prepare_payload();
  return response;
}

// RFC 9112 3.2: a request of HTTP/1.1 has one Host.
bool has_one_host(const Request& request) { return request.version() < 11 || request.count(http::field::host) == 1; }

const boost::system::error_code error_code_of_http = http::error::bad_method;

// Answers all requests of a connection; an exception, as of a client that is gone, ends it.
asio::awaitable<void> serve(tcp::socket socket) {
  socket.set_option(tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  for (bool goes_on = true; goes_on;) {
    Request request;
    boost::system::error_code error;
    co_await http::async_read(socket, buffer, request, asio::redirect_error(asio::use_awaitable, error));
    if (error && (error == http::error::end_of_stream || error.category() != error_code_of_http.category())) {
      break;  // the client has closed, or is gone
    }
    Response response = answer(request, !error && has_one_host(request));
    co_await http::async_write(socket, response, asio::use_awaitable);
    goes_on = response.keep_alive();
  }
  socket.shutdown(tcp::socket::shutdown_send);
}

asio::awaitable<void> accept(tcp::acceptor acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

std::string option(const std::vector<std::string>& arguments, std::string_view name, std::string otherwise) {
  for (std::size_t at = 0; at + 1 < arguments.size(); ++at) {
    if (arguments[at] == name) {
      return arguments[at + 1];
    }
  }
  return otherwise;
}

void run(const std::vector<std::string>& arguments) {
  const int threads = std::stoi(option(arguments, "--threads", "1"));
  const auto address = asio::ip::make_address(option(arguments, "--host", "127.0.0.1"));
  const auto port = static_cast<asio::ip::port_type>(std::stoi(option(arguments, "--port", "8080")));
  asio::io_context context(threads);
  asio::signal_set ended(context, SIGTERM, SIGINT);
  ended.async_wait([&context](const boost::system::error_code&, int) { context.stop(); });
  asio::co_spawn(context, accept(tcp::acceptor(context, {address, port})), asio::detached);
  std::vector<std::thread> workers;
  for (int number = 1; number < threads; ++number) {
    workers.emplace_back([&context] { context.run(); });
  }
  context.run();
  for (std::thread& worker : workers) {
    worker.join();
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    run(std::vector<std::string>(arguments + 1, arguments + count));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "new-service: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
