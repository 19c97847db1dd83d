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
  Exchange result{.answers = read_answers(client.send(bytes)), .closed = client.is_closed()};
  for (std::size_t i = 0; i < result.answers.size(); ++i) {
    const Answer& answer = result.answers[i];
    const bool is_last = i + 1 == result.answers.size();
    EXPECT_EQ(answer.field("Connection") == "close", is_last && result.closed) << answer;
    if (answer.status != 100) {
      EXPECT_EQ(answer.field("Date"), test_date) << answer;
    }
  }
  return result;
}

SingleExchange single_exchange(std::string_view bytes) {
  Exchange result = exchange(bytes);
  if (result.answers.size() != 1) {
    ADD_FAILURE() << result.answers.size() << " answers instead of one to:\n" << bytes;
    return {};
  }
  return {.answer = std::move(result.answers.front()), .closed = result.closed};
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
