#include "response_reader.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "response_property.hpp"

namespace primebench::load {
namespace {

struct Read {
  std::optional<Response> response;
  std::string fault;
  std::size_t used = 0;
};

Read read(std::string_view bytes, bool to_head = false) {
  ResponseReader reader;
  reader.start(to_head);
  const std::size_t used = reader.take(bytes);
  return {.response = reader.response(), .fault = reader.fault(), .used = used};
}

Read read_to_the_end(std::string_view bytes) {
  ResponseReader reader;
  reader.start(false);
  const std::size_t used = reader.take(bytes);
  reader.end();
  return {.response = reader.response(), .fault = reader.fault(), .used = used};
}

TEST(ResponseReader, ReadsUpToContentLength) {
  const Read one = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1");
  ASSERT_TRUE(one.response) << one.fault;
  EXPECT_EQ(one.response->status, 200);
  EXPECT_EQ(one.response->body_bytes, 5U);
  EXPECT_TRUE(one.response->keeps_alive);
  EXPECT_EQ(one.used, 43U);
}

TEST(ResponseReader, CountsContentWithoutChunkFraming) {
  const Read one = read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n3\r\nyou\r\n0\r\nA: b\r\n\r\n");
  ASSERT_TRUE(one.response) << one.fault;
  EXPECT_EQ(one.response->body_bytes, 8U);
}

TEST(ResponseReader, TakesTheConnectionsEndForTheEndOfAResponseWithoutLength) {
  const Read one = read_to_the_end("HTTP/1.1 200 OK\r\n\r\nall of it");
  ASSERT_TRUE(one.response) << one.fault;
  EXPECT_EQ(one.response->body_bytes, 9U);
  EXPECT_FALSE(one.response->keeps_alive);
}

TEST(ResponseReader, PassesOverInterimResponses) {
  const Read one = read(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: "
      "0\r\n\r\n");
  ASSERT_TRUE(one.response) << one.fault;
  EXPECT_EQ(one.response->status, 201);
}

TEST(ResponseReader, KnowsResponsesWithoutContent) {
  EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true).response);
  EXPECT_TRUE(read("HTTP/1.1 204 No Content\r\n\r\n").response);
  EXPECT_TRUE(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n").response);
}

TEST(ResponseReader, TellsWhetherTheConnectionCarriesAnother) {
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").response->keeps_alive);
  EXPECT_FALSE(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").response->keeps_alive);
  EXPECT_TRUE(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").response->keeps_alive);
}

TEST(ResponseReader, RefusesWhatIsFramedInTwoWaysOrNone) {
  constexpr std::array wrong{
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "SMTP 200 OK\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 200 OK\r\nbad name: 1\r\n\r\n",
  };
  for (const std::string_view bytes : wrong) {
    const Read one = read(bytes);
    EXPECT_FALSE(one.response) << bytes;
    EXPECT_TRUE(one.fault.starts_with("malformed response")) << bytes << one.fault;
  }
}

TEST(ResponseReader, RefusesAHeaderWithoutAnEnd) {
  const Read one = read("HTTP/1.1 200 OK\r\nA: " + std::string(ResponseReader::header_limit, 'x'));
  EXPECT_FALSE(one.response);
  EXPECT_TRUE(one.fault.starts_with("malformed response")) << one.fault;
}

TEST(ResponseReader, TellsWhereTheConnectionEnded) {
  EXPECT_EQ(read_to_the_end("").fault, "connection closed before the response");
  EXPECT_EQ(read_to_the_end("HTTP/1.1 200 OK\r\nContent-Le").fault, "connection closed within the response");
  EXPECT_EQ(read_to_the_end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell").fault, "connection closed within the response");
}

TEST(ResponseReader, ReadsTheSameInPieces) {
  constexpr std::array responses{
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\nall of it",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "HTTP/1.1 204 No Content\r\n\r\nrest",
      "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "",
  };
  for (const std::string_view bytes : responses) {
    EXPECT_NO_THROW(check_response(bytes)) << bytes;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_NO_THROW(check_response(bytes.substr(0, size))) << bytes.substr(0, size);
    }
  }
}

TEST(ResponseReader, ReadsTheCorpusTheSameInPieces) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{PRIMEBENCH_RESPONSE_CORPUS}) {
    std::ifstream in{entry.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_NO_THROW(check_response(bytes)) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace primebench::load
