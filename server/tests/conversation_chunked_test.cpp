#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client.hpp"

namespace primebench {
namespace {

void expect_calculated(std::string_view chunks) {
  SCOPED_TRACE(chunks.substr(0, 300));
  const auto result = exchange(calculate_chunked(chunks) + calculate(R"({"n":100})"));
  ASSERT_EQ(result.responses.size(), 2U);
  expect_prime(result.responses[0], 10, 29);
  expect_prime(result.responses[1], 100, 541);
  EXPECT_FALSE(result.closed);
}

void expect_refused(std::string_view chunks, int status = 400, std::string_view title = "Bad Request") {
  SCOPED_TRACE(chunks.substr(0, 300));
  const auto [response, closed] = single_exchange(calculate_chunked(chunks) + health());
  expect_problem(response, status, title);
  EXPECT_TRUE(closed);
}

std::string chunk_bytewise(std::string_view body) {
  std::string chunks;
  for (const char c : body) {
    chunks.append("1\r\n").append(1, c).append("\r\n");
  }
  return chunks + "0\r\n\r\n";
}

TEST(ConversationChunked, JoinsChunks) {
  expect_calculated("8\r\n{\"n\":10}\r\n0\r\n\r\n");
  expect_calculated("3\r\n{\"n\r\n5\r\n\":10}\r\n0\r\n\r\n");
  expect_calculated(chunk_bytewise(R"({"n":10})"));
}

TEST(ConversationChunked, ReadsSizesAsHexadecimal) {
  expect_calculated("00008\r\n{\"n\":10}\r\n0000\r\n\r\n");
  expect_calculated("a\r\n{\"n\":10}  \r\n0\r\n\r\n");
  expect_calculated("A\r\n{\"n\":10}  \r\n0\r\n\r\n");
  expect_calculated("10\r\n{\"n\":10}        \r\n0\r\n\r\n");
}

TEST(ConversationChunked, IgnoresExtensions) {
  expect_calculated("8;x\r\n{\"n\":10}\r\n0;y\r\n\r\n");
  expect_calculated("8;x=y;z=\"a;b\\\"c\"\r\n{\"n\":10}\r\n0;x=y\r\n\r\n");
  expect_calculated("8 ; x = y\r\n{\"n\":10}\r\n0\r\n\r\n");
  expect_calculated("3;" + std::string(5'000, 'x') + "\r\n{\"n\r\n5\r\n\":10}\r\n0\r\n\r\n");
}

TEST(ConversationChunked, IgnoresTrailers) {
  expect_calculated("8\r\n{\"n\":10}\r\n0\r\nX: y\r\n\r\n");
  expect_calculated("8\r\n{\"n\":10}\r\n0\r\nX: y\r\nZ:\r\n\r\n");
  expect_calculated("8\r\n{\"n\":10}\r\n0\r\nHost: other\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n");
}

TEST(ConversationChunked, TakesAnEmptyBodyForOne) {
  const auto result = exchange(calculate_chunked("0\r\n\r\n") + health());
  ASSERT_EQ(result.responses.size(), 2U);
  expect_problem(result.responses[0], 400, "Bad Request");
  EXPECT_EQ(result.responses[1].status, 200);
}

TEST(ConversationChunked, RefusesMalformedSizes) {
  for (const std::string_view size : {"", "x", "-8", "+8", "0x8", "8x", " 8", "8 8", "8,", "g", ";x", "10000000000000008",
                                      "ffffffffffffffffffff", "8\n", "8\r", "\r\n8"}) {
    expect_refused(std::string{size} + "\r\n{\"n\":10}\r\n0\r\n\r\n");
    expect_refused("1\r\n \r\n" + std::string{size} + "\r\n{\"n\":10}\r\n0\r\n\r\n");
  }
}

TEST(ConversationChunked, RefusesMalformedExtensions) {
  for (const std::string_view extension : {";", ";=x", ";x=", ";x=\"", "; ;", ";x y", " x", ";x=\"a\"b"}) {
    // More quotes and lines follow, so that nothing can be waiting for the rest of a quoted string.
    expect_refused("8" + std::string{extension} + "\r\n{\"n\":10}\r\n0\r\n\r\n");
  }
}

TEST(ConversationChunked, RefusesControlCharactersInExtensions) {
  // Beast takes any byte within quotes, and who ends lines at a bare LF would see a chunk begin there.
  for (const std::string_view extension : {";x=\"\n\"", ";x=\"a\nb\"", ";x=\"\x01\"", ";x=\"\x7f\"", ";x=\"\\\n\"", ";x=\n",
                                           ";\nx", ";x\n", ";x=\"\r\"", ";x=\x01"}) {
    expect_refused("8" + std::string{extension} + "\r\n{\"n\":10}\r\n0\r\n\r\n");
    expect_refused("8\r\n{\"n\":10}\r\n0" + std::string{extension} + "\r\n\r\n");
  }
  expect_calculated("8;x=\"\t \xff\"\r\n{\"n\":10}\r\n0\r\n\r\n");
}

TEST(ConversationChunked, RefusesChunksNotAsLongAsTheySay) {
  expect_refused("7\r\n{\"n\":10}\r\n0\r\n\r\n");
  expect_refused("9\r\n{\"n\":10}\r\n0\r\n\r\n");
  expect_refused("8\r\n{\"n\":10}0\r\n\r\n....");
  expect_refused("8\r\n{\"n\":10}\n0\r\n\r\n....");
}

TEST(ConversationChunked, RefusesMalformedAndFoldedTrailers) {
  for (const std::string_view trailer : {"X\r\n", "X : y\r\n", "X: y\r\n z\r\n", "X:\r\n z\r\n", " X: y\r\n", "X: a\rb\r\n",
                                         ": x\r\n", "X: a\nY: b\r\n", "X: a\x01\r\n"}) {
    expect_refused("8\r\n{\"n\":10}\r\n0\r\n" + std::string{trailer} + "\r\n");
  }
}

TEST(ConversationChunked, NeverFramesByATrailer) {
  // RFC 9110 section 6.5.1 forbids sending these. Ignoring them would do; Beast's parser refuses some.
  for (const std::string_view trailer :
       {"Content-Length: 5", "Content-Length: x", "Transfer-Encoding: chunked", "Connection: @"}) {
    const auto result = exchange(calculate_chunked("8\r\n{\"n\":10}\r\n0\r\n" + std::string{trailer} + "\r\n\r\n") + health());
    ASSERT_FALSE(result.responses.empty()) << trailer;
    if (result.closed) {
      ASSERT_EQ(result.responses.size(), 1U) << trailer;
      expect_problem(result.responses[0], 400, "Bad Request");
    } else {
      ASSERT_EQ(result.responses.size(), 2U) << trailer;
      expect_prime(result.responses[0], 10, 29);
      EXPECT_EQ(result.responses[1].content, R"({"status":"ok"})");
    }
  }
}

TEST(ConversationChunked, CountsTheBodyAgainstItsLimit) {
  expect_calculated(chunk_bytewise(R"({"n":10})" + std::string(4'096 - 8, ' ')));
  expect_calculated("8\r\n{\"n\":10}\r\nff8\r\n" + std::string(4'096 - 8, ' ') + "\r\n0\r\n\r\n");
  expect_refused(chunk_bytewise(R"({"n":10})" + std::string(4'097 - 8, ' ')), 413, "Content Too Large");
  expect_refused("8\r\n{\"n\":10}\r\nff9\r\n" + std::string(4'097 - 8, ' ') + "\r\n0\r\n\r\n", 413, "Content Too Large");
}

TEST(ConversationChunked, RefusesAChunkTooLargeByItsSizeAlone) {
  expect_refused("1001\r\n", 413, "Content Too Large");
  expect_refused("fffffffffffffff\r\n", 413, "Content Too Large");
  expect_refused("1\r\n \r\nffffffffffffffff\r\n", 413, "Content Too Large");
}

TEST(ConversationChunked, BoundsWhatSurroundsTheBody) {
  const std::string chunk = "8\r\n{\"n\":10}\r\n0\r\n";
  const std::string end = "\r\n\r\n";
  const std::string field = "X: ";
  const std::size_t room = chunked_wire_bytes(Limits{}.body_bytes) - chunk.size() - field.size() - end.size();
  expect_calculated(chunk + field + std::string(room, 'x') + end);
  expect_refused(chunk + field + std::string(room + 1, 'x') + end, 413, "Content Too Large");
  expect_refused("8;" + std::string(chunked_wire_bytes(Limits{}.body_bytes), 'x'), 413, "Content Too Large");
}

TEST(ConversationChunked, SaysTheProblemOfTheHeadOnceTheBodyIsRead) {
  Client client;
  EXPECT_EQ(client.send("PUT /calculate HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"), "");
  EXPECT_EQ(client.send("5\r\nhello\r\n"), "");
  expect_problem(read_responses(client.send("0\r\n\r\n")).at(0), 405, "Method Not Allowed");
  EXPECT_FALSE(client.is_closed());
}

TEST(ConversationChunked, SaysTheProblemOfTheHeadForABodyTooLarge) {
  const auto [response, closed] =
      single_exchange("PUT /calculate HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n");
  expect_problem(response, 405, "Method Not Allowed");
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace primebench
