// Patience with slow clients. Time is what the tests say it is.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "client.hpp"

namespace primebench {
namespace {

using namespace std::chrono_literals;

void expect_408(Client& client) {
  const auto responses = read_responses(client.expire());
  ASSERT_EQ(responses.size(), 1U);
  expect_problem(responses[0], 408, "Request Timeout");
  EXPECT_EQ(responses[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationTimeout, Is60SecondsForANewConnection) {
  const Client client;
  EXPECT_EQ(client.patience(), 60s);
}

TEST(ConversationTimeout, Is60SecondsFromTheLastResponse) {
  Client client;
  client.advance(50s);
  client.send(health());
  EXPECT_EQ(client.patience(), 60s);
}

TEST(ConversationTimeout, IsNotMovedByEmptyLines) {
  Client client;
  client.advance(20s);
  client.send("\r\n");
  EXPECT_EQ(client.patience(), 40s);
  client.send(health());
  EXPECT_EQ(client.patience(), 60s);
  client.advance(59s);
  client.send("\r\n\r\n");
  EXPECT_EQ(client.patience(), 1s);
  EXPECT_EQ(client.expire(), "");
}

TEST(ConversationTimeout, IsNotMovedByEmptyLinesInHalves) {
  Client client;
  client.send(health() + "\r");
  EXPECT_EQ(client.patience(), 5s);
  client.advance(4s);
  client.send("\n");
  EXPECT_EQ(client.patience(), 56s);
  for (int i = 0; i < 14; ++i) {
    client.advance(4s);
    client.send("\r");
    client.send("\n");
  }
  EXPECT_EQ(client.patience(), 0s);
}

TEST(ConversationTimeout, Is60SecondsFromTheEndOfACalculation) {
  Client client{100'000, {}, true};
  client.send(calculate(R"({"n":10})"));
  client.advance(30s);
  client.complete();
  EXPECT_EQ(client.patience(), 60s);
}

TEST(ConversationTimeout, Is5SecondsFromAHeadsFirstByte) {
  Client client;
  client.advance(50s);
  client.send("G");
  EXPECT_EQ(client.patience(), 5s);
  client.advance(2s);
  client.send("ET /health HTTP/1.1\r\nHost: test\r\n");
  EXPECT_EQ(client.patience(), 3s);
  client.advance(2s);
  client.send("X: y\r\n");
  EXPECT_EQ(client.patience(), 1s);
}

TEST(ConversationTimeout, StartsWithEachHead) {
  Client client;
  client.send("GET");
  client.advance(4s);
  client.send(health().substr(3) + "GET");
  EXPECT_EQ(client.patience(), 5s);
}

TEST(ConversationTimeout, StartsWithAHeadAfterEmptyLines) {
  Client client;
  client.send("\r\n");
  client.advance(30s);
  client.send("\r\nGET");
  EXPECT_EQ(client.patience(), 5s);
}

TEST(ConversationTimeout, Is5SecondsForAWholeBody) {
  Client client;
  const std::string request = calculate(R"({"n":10})");
  client.send(request.substr(0, request.size() - 3));
  EXPECT_EQ(client.patience(), 5s);
  client.advance(4s);
  client.send("1");
  EXPECT_EQ(client.patience(), 1s);
  client.send("0");
  EXPECT_EQ(client.patience(), 1s);
  expect_408(client);
}

TEST(ConversationTimeout, StartsForABodyAtTheEndOfItsHead) {
  Client client;
  const std::string request = calculate(R"({"n":10})");
  const std::size_t head = request.find("\r\n\r\n") + 4;
  client.send(request.substr(0, head - 1));
  client.advance(4s);
  client.send(request.substr(head - 1, 1));
  EXPECT_EQ(client.patience(), 5s);
}

TEST(ConversationTimeout, Is5SecondsForAWholeChunkedBody) {
  Client client;
  client.send(calculate_chunked(""));
  EXPECT_EQ(client.patience(), 5s);
  client.advance(2s);
  client.send("8");
  EXPECT_EQ(client.patience(), 3s);
  client.send("\r\n{\"n\":10}\r\n");
  client.advance(1s);
  client.send("0\r\n");
  EXPECT_EQ(client.patience(), 2s);
  client.advance(1s);
  client.send("X: y\r\n");
  EXPECT_EQ(client.patience(), 1s);
}

TEST(ConversationTimeout, Is5SecondsForABodyThatIsAskedFor) {
  Client client;
  const std::string request = calculate(R"({"n":10})", "Expect: 100-continue\r\n");
  client.send(request.substr(0, request.find("\r\n\r\n") + 4));
  EXPECT_EQ(client.patience(), 5s);
  client.advance(3s);
  client.send("{");
  EXPECT_EQ(client.patience(), 2s);
}

TEST(ConversationTimeout, StartsWithEachBody) {
  Client client;
  const std::string request = calculate(R"({"n":10})");
  const std::string begun = request.substr(0, request.size() - 3);
  client.send(begun);
  client.advance(4s);
  client.send(request.substr(begun.size()) + begun);
  EXPECT_EQ(client.patience(), 5s);
}

TEST(ConversationTimeout, IsSilentForAnIdleConnection) {
  Client client;
  EXPECT_EQ(client.expire(), "");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(client.send(health()), "");
}

TEST(ConversationTimeout, IsSilentBetweenRequests) {
  Client client;
  client.send(health());
  EXPECT_EQ(client.expire(), "");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationTimeout, Is408OnceARequestHasBegun) {
  const std::string chunked = calculate_chunked("");
  const std::string request = calculate(R"({"n":10})");
  for (const std::string& begun :
       {std::string{"G"}, request.substr(0, 40), request.substr(0, request.size() - 8), request.substr(0, request.size() - 1),
        chunked, chunked + "0", chunked + "8\r\n{", chunked + "0\r\nX"}) {
    SCOPED_TRACE(begun);
    Client client;
    EXPECT_EQ(client.send(begun), "");
    EXPECT_FALSE(client.conversation().is_idle());
    expect_408(client);
    EXPECT_EQ(client.send(request), "");
  }
}

TEST(ConversationTimeout, Is408ForTheSecondRequestToo) {
  Client client;
  EXPECT_EQ(read_responses(client.send(health() + "GET")).size(), 1U);
  expect_408(client);
}

TEST(ConversationTimeout, Is408WithoutContentForHead) {
  Client client;
  client.send("HEAD /health HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n");
  const std::string bytes = client.expire();
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << bytes;
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n")) << bytes;
}

}  // namespace
}  // namespace primebench
