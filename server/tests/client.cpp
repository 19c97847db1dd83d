#include "client.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <utility>

namespace primebench {
namespace {

HttpDate date_of_test() {
  HttpDate date;
  date.set(std::chrono::sys_seconds{std::chrono::seconds{784'111'777}});
  return date;
}

}  // namespace

Client::Client(std::uint32_t max_n, const Limits& limits, bool offload)
    : service_{max_n, nth_prime, offload},
      date_{date_of_test()},
      limits_{limits},
      context_{.handler = service_, .date = date_, .limits = limits_},
      conversation_{context_, now_} {}

std::string Client::send(std::string_view bytes) {
  std::string out = receive(bytes);
  while (next_ == Conversation::Next::resume) {
    out += resume();
  }
  return out;
}

std::string Client::receive(std::string_view bytes) {
  const std::vector<char> read(bytes.begin(), bytes.end());
  std::string out;
  next_ = conversation_.receive({read.data(), read.size()}, out, now_);
  return out;
}

std::string Client::resume() {
  std::string out;
  next_ = conversation_.resume(out, now_);
  return out;
}

std::string Client::complete() {
  std::string out;
  next_ = conversation_.complete(conversation_.take_job()(), out, now_);
  return out;
}

std::string Client::expire() {
  std::string out;
  next_ = conversation_.expire(out);
  return out;
}

Exchange exchange(std::string_view bytes) {
  Client client;
  Exchange result{.responses = read_responses(client.send(bytes)), .closed = client.is_closed()};
  for (std::size_t i = 0; i < result.responses.size(); ++i) {
    const Response& response = result.responses[i];
    const bool is_last = i + 1 == result.responses.size();
    EXPECT_EQ(response.field("Connection") == "close", is_last && result.closed) << response;
    if (response.status != 100) {
      EXPECT_EQ(response.field("Date"), test_date) << response;
    }
  }
  return result;
}

SingleExchange single_exchange(std::string_view bytes) {
  Exchange result = exchange(bytes);
  if (result.responses.size() != 1) {
    ADD_FAILURE() << result.responses.size() << " responses instead of one to:\n" << bytes;
    return {};
  }
  return {.response = std::move(result.responses.front()), .closed = result.closed};
}

std::string calculate(std::string_view body, std::string_view fields) {
  std::string request = "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: ";
  request.append(std::to_string(body.size())).append("\r\n").append(fields).append("\r\n").append(body);
  return request;
}

std::string calculate_chunked(std::string_view chunks, std::string_view fields) {
  std::string request = "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n";
  request.append("Transfer-Encoding: chunked\r\n").append(fields).append("\r\n").append(chunks);
  return request;
}

std::string health(std::string_view fields) {
  std::string request = "GET /health HTTP/1.1\r\nHost: test\r\n";
  request.append(fields).append("\r\n");
  return request;
}

}  // namespace primebench
