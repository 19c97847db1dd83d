// Limits other than the defaults, as the flags set them.

#include <gtest/gtest.h>

#include <string>

#include "client.hpp"
#include "primebench/http/limits.hpp"
#include "response_reader.hpp"

namespace primebench {
namespace {

using std::chrono_literals::operator""s;

constexpr std::uint32_t max_n = 100;

int status_of(const Limits& limits, const std::string& bytes) {
  Client client{max_n, limits};
  const auto responses = read_responses(client.send(bytes));
  return responses.size() == 1 ? responses.front().status : 0;
}

TEST(Limits, BoundTheBodyByItsLengthAndByItsChunks) {
  const Limits limits{.body_bytes = 8};
  EXPECT_EQ(status_of(limits, calculate(R"({"n":10})")), 200);
  EXPECT_EQ(status_of(limits, calculate(R"({"n":100})")), 413);
  EXPECT_EQ(status_of(limits, calculate_chunked("8\r\n{\"n\":10}\r\n0\r\n\r\n")), 200);
  EXPECT_EQ(status_of(limits, calculate_chunked("9\r\n{\"n\":100}\r\n0\r\n\r\n")), 413);
}

TEST(Limits, BoundTheHeaderSection) {
  const std::string few = health("X: " + std::string(100, 'x') + "\r\n");
  const std::string many = health("X: " + std::string(300, 'x') + "\r\n");
  const Limits limits{.header_bytes = 256};
  EXPECT_EQ(status_of(limits, few), 200);
  EXPECT_EQ(status_of(limits, many), 431);
}

TEST(Limits, EndAConnectionAfterItsLastRequest) {
  Client client{max_n, {.requests = 2}};
  const auto first = read_responses(client.send(health()));
  EXPECT_EQ(first.at(0).field("Connection"), "");
  EXPECT_FALSE(client.is_closed());
  const auto others = read_responses(client.send(health() + health()));
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others.at(0).field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Limits, SetHowLongAClientMayTake) {
  Client client{max_n, {.header_timeout = 1s, .body_timeout = 2s, .idle_timeout = 3s}};
  EXPECT_EQ(client.patience(), 3s);
  client.send("GET /health HTTP/1.1\r\n");
  EXPECT_EQ(client.patience(), 1s);
  client.send("Host: test\r\n\r\n");
  EXPECT_EQ(client.patience(), 3s);
  client.send("POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n");
  EXPECT_EQ(client.patience(), 2s);
}

}  // namespace
}  // namespace primebench
