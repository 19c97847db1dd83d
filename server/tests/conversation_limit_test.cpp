// The limits on sizes, to the byte.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client.hpp"

namespace primebench {
namespace {

constexpr std::string_view request_line = "GET /health HTTP/1.1\r\n";

/// A request to /health whose header section, its empty line included, has `bytes` bytes: one long field.
std::string with_one_field(std::size_t bytes) {
  const std::string before = "Host: test\r\nX: ";
  const std::string after = "\r\n\r\n";
  return std::string{request_line} + before + std::string(bytes - before.size() - after.size(), 'x') + after;
}

/// The same with many short fields.
std::string with_many_fields(std::size_t bytes) {
  std::string section = "Host: test\r\n";
  while (section.size() + 20 < bytes) {
    section += "X: y\r\n";
  }
  section += "X: " + std::string(bytes - section.size() - 7, 'y') + "\r\n\r\n";
  EXPECT_EQ(section.size(), bytes);
  return std::string{request_line} + section;
}

/// A request to /health whose first line, its end included, has `bytes` bytes.
std::string with_request_line(std::size_t bytes) {
  const std::string before = "GET /health?";
  const std::string after = " HTTP/1.1\r\n";
  return before + std::string(bytes - before.size() - after.size(), 'x') + after + "Host: test\r\n\r\n";
}

std::string padded(std::size_t bytes) { return R"({"n":10})" + std::string(bytes - 8, ' '); }

void expect_ok(std::string_view request) {
  const auto result = exchange(std::string{request} + health());
  ASSERT_EQ(result.responses.size(), 2U);
  EXPECT_EQ(result.responses[0].status, 200);
  EXPECT_FALSE(result.closed);
}

void expect_refused(std::string_view request, int status, std::string_view title) {
  const auto [response, closed] = single_exchange(std::string{request} + health());
  expect_problem(response, status, title);
  EXPECT_TRUE(closed);
}

TEST(ConversationLimit, AllowsAHeaderSectionOf8192Bytes) {
  expect_ok(with_one_field(8'192));
  expect_ok(with_many_fields(8'192));
}

TEST(ConversationLimit, RefusesAHeaderSectionOf8193Bytes) {
  expect_refused(with_one_field(8'193), 431, "Request Header Fields Too Large");
  expect_refused(with_many_fields(8'193), 431, "Request Header Fields Too Large");
}

TEST(ConversationLimit, RefusesAHeaderSectionTooLargeBeforeItEnds) {
  Client client;
  const std::string request = with_one_field(10'000);
  EXPECT_EQ(client.send(request.substr(0, request_line.size() + 8'192)), "");
  expect_problem(read_responses(client.send("x")).at(0), 431, "Request Header Fields Too Large");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationLimit, CountsTheHeaderSectionAnewForEachRequest) {
  const std::string chunked = calculate_chunked("8\r\n{\"n\":10}\r\n0\r\n\r\n");
  const auto result = exchange(with_one_field(8'192) + with_many_fields(8'192) + chunked + with_one_field(8'192) + health() +
                               with_one_field(8'193));
  ASSERT_EQ(result.responses.size(), 6U);
  EXPECT_EQ(result.responses[1].status, 200);
  EXPECT_EQ(result.responses[3].status, 200);
  EXPECT_EQ(result.responses[5].status, 431);
}

TEST(ConversationLimit, AllowsARequestLineOf8192Bytes) {
  expect_ok(with_request_line(8'192));
  expect_ok(with_request_line(8'192).insert(0, "\r\n"));
}

TEST(ConversationLimit, RefusesARequestLineOf8193Bytes) {
  expect_refused(with_request_line(8'193), 414, "URI Too Long");
  expect_refused(with_request_line(100'000), 414, "URI Too Long");
}

TEST(ConversationLimit, RefusesARequestLineTooLongBeforeItEnds) {
  Client client;
  EXPECT_EQ(client.send("GET /" + std::string(8'192 - 5, 'x')), "");
  expect_problem(read_responses(client.send("x")).at(0), 414, "URI Too Long");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationLimit, Allows8192BytesOfEmptyLinesBeforeARequest) {
  std::string lines;
  for (int i = 0; i < 4'096; ++i) {
    lines += "\r\n";
  }
  const auto result = exchange(lines + health() + lines + health());
  ASSERT_EQ(result.responses.size(), 2U);
  EXPECT_EQ(result.responses[1].status, 200);
  expect_refused(lines + "\r\n", 400, "Bad Request");
}

TEST(ConversationLimit, CountsEmptyLinesHoweverTheyCome) {
  Client client;
  for (int i = 0; i < 4'096; ++i) {
    ASSERT_EQ(client.send("\r"), "");
    ASSERT_EQ(client.send("\n"), "");
  }
  expect_problem(read_responses(client.send("\r\n")).at(0), 400, "Bad Request");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationLimit, CountsEmptyLinesAnewAfterChunks) {
  Client client;
  const std::string chunked = calculate_chunked("8;" + std::string(9'000, 'x') + "\r\n{\"n\":10}\r\n0\r\n\r\n");
  EXPECT_EQ(read_responses(client.send(chunked + "\r\n\r\n" + chunked + "\r\n")).size(), 2U);
  EXPECT_FALSE(client.is_closed());
}

TEST(ConversationLimit, AllowsBothOfThemAtTheirLongest) {
  std::string request = with_request_line(8'192);
  request.resize(8'192);
  expect_ok(request + with_many_fields(8'192).substr(request_line.size()));
}

TEST(ConversationLimit, AllowsABodyOf4096Bytes) {
  const auto result = exchange(calculate(padded(4'096)) + health());
  ASSERT_EQ(result.responses.size(), 2U);
  expect_prime(result.responses[0], 10, 29);
  EXPECT_FALSE(result.closed);
}

TEST(ConversationLimit, RefusesABodyOf4097Bytes) { expect_refused(calculate(padded(4'097)), 413, "Content Too Large"); }

TEST(ConversationLimit, RefusesABodyTooLargeWithoutWaitingForIt) {
  for (const std::string_view length : {"4097", "4294967296", "18446744073709551615"}) {
    const auto [response, closed] = single_exchange(
        "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        "Content-Length: " +
        std::string{length} + "\r\n\r\n");
    expect_problem(response, 413, "Content Too Large");
    EXPECT_TRUE(closed);
  }
}

}  // namespace
}  // namespace primebench
