// Keep-alive, pipelining, HEAD, draining and turns.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client.hpp"

namespace primebench {
namespace {

using Next = Conversation::Next;

/// Divides nearly three million times, which takes any processor longer than a turn.
const std::string longer_than_a_turn = calculate(R"({"n":10000})");

std::string health_10(std::string_view fields = "") { return "GET /health HTTP/1.0\r\n" + std::string{fields} + "\r\n"; }

TEST(ConversationPersistence, KeepsHttp11Open) {
  const auto [response, closed] = single_exchange(health());
  EXPECT_EQ(response.field("Connection"), "");
  EXPECT_FALSE(closed);
}

TEST(ConversationPersistence, ClosesHttp11WhenAskedTo) {
  for (const std::string_view value : {"close", "Close", "foo, close", "keep-alive, close"}) {
    const auto [response, closed] = single_exchange(health("Connection: " + std::string{value} + "\r\n"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("Connection"), "close");
    EXPECT_TRUE(closed);
  }
}

TEST(ConversationPersistence, ClosesHttp10) {
  const auto [response, closed] = single_exchange(health_10());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(closed);
}

TEST(ConversationPersistence, KeepsHttp10OpenWhenAskedToAndSaysSo) {
  const auto [response, closed] = single_exchange(health_10("Connection: keep-alive\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.field("Connection"), "keep-alive");
  EXPECT_FALSE(closed);
}

TEST(ConversationPersistence, KeepsErrorsOpenForHttp10WhenAskedTo) {
  const auto [response, closed] = single_exchange("GET /nowhere HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  expect_problem(response, 404, "Not Found");
  EXPECT_EQ(response.field("Connection"), "keep-alive");
  EXPECT_FALSE(closed);
}

TEST(ConversationPersistence, ClosesErrorsWhenAskedTo) {
  const auto [response, closed] = single_exchange(calculate("{", "Connection: close\r\n"));
  expect_problem(response, 400, "Bad Request");
  EXPECT_TRUE(closed);
}

TEST(ConversationPersistence, RespondsToOneRequestAfterAnother) {
  Client client;
  for (int i = 0; i < 3; ++i) {
    const auto responses = read_responses(client.send(calculate(R"({"n":10})")));
    ASSERT_EQ(responses.size(), 1U);
    expect_prime(responses[0], 10, 29);
    EXPECT_TRUE(client.conversation().is_idle());
  }
}

TEST(ConversationPersistence, KeepsNothingOfOneRequestForTheNext) {
  // The first has a content type, a problem and a body in chunks; the second has none of them.
  const auto result = exchange(
      "PUT /nowhere HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"n\":10}\r\n0\r\n\r\n" +
      health() + "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Length: 8\r\n\r\n{\"n\":10}");
  ASSERT_EQ(result.responses.size(), 3U);
  expect_problem(result.responses[0], 404, "Not Found");
  EXPECT_EQ(result.responses[1].status, 200);
  expect_problem(result.responses[2], 415, "Unsupported Media Type");
}

TEST(ConversationPersistence, RespondsToPipelinedRequestsInOrder) {
  const auto result = exchange(calculate(R"({"n":1})") + calculate(R"({"n":10})") + health() + calculate("{") +
                               calculate_chunked("9\r\n{\"n\":100}\r\n0\r\n\r\n") + "GET / HTTP/1.1\r\nHost: test\r\n\r\n" +
                               calculate(R"({"n":1000})"));
  ASSERT_EQ(result.responses.size(), 7U);
  expect_prime(result.responses[0], 1, 2);
  expect_prime(result.responses[1], 10, 29);
  EXPECT_EQ(result.responses[2].content, R"({"status":"ok"})");
  expect_problem(result.responses[3], 400, "Bad Request");
  expect_prime(result.responses[4], 100, 541);
  expect_problem(result.responses[5], 404, "Not Found");
  expect_prime(result.responses[6], 1'000, 7'919);
  EXPECT_FALSE(result.closed);
}

TEST(ConversationPersistence, SaysNothingAfterARequestThatCloses) {
  for (const std::string& last :
       {health("Connection: close\r\n"), health_10(), health("X : y\r\n"), calculate(std::string(4'097, ' '))}) {
    const auto result = exchange(health() + last + health() + health());
    EXPECT_EQ(result.responses.size(), 2U) << last;
    EXPECT_TRUE(result.closed);
  }
}

TEST(ConversationPersistence, SaysNothingOnceItHasClosed) {
  Client client;
  client.send(health("Connection: close\r\n"));
  ASSERT_TRUE(client.is_closed());
  EXPECT_EQ(client.send(health()), "");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(client.resume(), "");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationPersistence, IgnoresEmptyLinesBeforeARequest) {
  Client client;
  EXPECT_EQ(client.send("\r\n\r\n"), "");
  EXPECT_TRUE(client.conversation().is_idle());
  const auto responses = read_responses(client.send("\r\n" + health() + "\r\n\r\n" + health() + "\r\n"));
  ASSERT_EQ(responses.size(), 2U);
  EXPECT_EQ(responses[1].status, 200);
  EXPECT_TRUE(client.conversation().is_idle());
}

TEST(ConversationPersistence, GivesHeadTheHeaderOfGetAndNoContent) {
  Client client;
  const std::string to_get = client.send(health());
  const std::string to_head = client.send("HEAD /health HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(to_head + R"({"status":"ok"})", to_get);
  EXPECT_EQ(client.next(), Next::read);
}

TEST(ConversationPersistence, GivesHeadNoContentOfErrorsEither) {
  for (const std::string_view target : {"/calculate", "/nowhere"}) {
    Client client;
    const std::string bytes = client.send("HEAD " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n\r\n" + health());
    std::string_view rest = bytes;
    const auto to_head = take_response(rest, Content::omitted);
    const auto to_get = take_response(rest);
    ASSERT_TRUE(to_head && to_get) << bytes;
    EXPECT_GE(to_head->status, 404);
    EXPECT_NE(to_head->field("Content-Length"), "0");
    EXPECT_EQ(to_get->status, 200);
    EXPECT_TRUE(rest.empty());
  }
}

TEST(ConversationPersistence, ClosesWithTheNextResponseOnceItDrains) {
  Client client;
  client.conversation().drain();
  const auto responses = read_responses(client.send(health()));
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 200);
  EXPECT_EQ(responses[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationPersistence, StillRespondsToWhatHasBegunToArriveWhenItDrains) {
  Client client;
  const std::string request = calculate(R"({"n":10})");
  EXPECT_EQ(client.send(request.substr(0, 30)), "");
  client.conversation().drain();
  const auto responses = read_responses(client.send(request.substr(30)));
  ASSERT_EQ(responses.size(), 1U);
  expect_prime(responses[0], 10, 29);
  EXPECT_EQ(responses[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationPersistence, RespondsToEveryPipelinedRequestWhenItDrainsAndClosesWithTheLast) {
  Client client;
  client.conversation().drain();
  const std::string second = calculate(R"({"n":10})");
  auto responses = read_responses(client.send(health() + second.substr(0, 50)));
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].field("Connection"), "");
  EXPECT_EQ(client.next(), Next::read);
  responses = read_responses(client.send(second.substr(50)));
  ASSERT_EQ(responses.size(), 1U);
  expect_prime(responses[0], 10, 29);
  EXPECT_EQ(responses[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationPersistence, LetsOthersHaveTheirTurnBetweenLongCalculations) {
  Client client;
  auto responses = read_responses(client.receive(longer_than_a_turn + longer_than_a_turn + health() + health()));
  ASSERT_EQ(responses.size(), 1U);
  expect_prime(responses[0], 10'000, 104'729);
  ASSERT_EQ(client.next(), Next::resume);
  EXPECT_FALSE(client.conversation().is_idle());

  responses = read_responses(client.resume());
  ASSERT_EQ(responses.size(), 1U);
  expect_prime(responses[0], 10'000, 104'729);
  ASSERT_EQ(client.next(), Next::resume);

  responses = read_responses(client.resume());
  EXPECT_EQ(responses.size(), 2U);  // these take no time: both in one turn
  EXPECT_EQ(client.next(), Next::read);
  EXPECT_TRUE(client.conversation().is_idle());
}

TEST(ConversationPersistence, NeedsNoTurnsWithoutFurtherRequests) {
  Client client;
  client.receive(longer_than_a_turn);
  EXPECT_EQ(client.next(), Next::read);
  EXPECT_TRUE(client.conversation().is_idle());
}

TEST(ConversationPersistence, TakesMoreBytesBetweenTurns) {
  Client client;
  const std::string last = health("Connection: close\r\n");
  EXPECT_EQ(read_responses(client.receive(longer_than_a_turn + last.substr(0, 20))).size(), 1U);
  ASSERT_EQ(client.next(), Next::resume);
  EXPECT_EQ(client.resume(), "");
  EXPECT_EQ(client.next(), Next::read);
  const auto responses = read_responses(client.receive(last.substr(20)));
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(ConversationPersistence, TakesBytesThatComeInsteadOfATurn) {
  Client client;
  EXPECT_EQ(read_responses(client.receive(longer_than_a_turn + health())).size(), 1U);
  ASSERT_EQ(client.next(), Next::resume);
  EXPECT_EQ(read_responses(client.receive(health())).size(), 2U);
  EXPECT_EQ(client.next(), Next::read);
}

/// A client that reads nothing has at most the responses of one turn kept for it.
TEST(ConversationPersistence, BoundsTheResponsesOfATurn) {
  constexpr std::string_view item = "GET /json/7 HTTP/1.1\r\nHost: t\r\n\r\n";
  constexpr std::size_t requests = 400;
  std::string bytes;
  for (std::size_t i = 0; i < requests; ++i) {
    bytes.append(item);
  }
  Client client;
  std::string out = client.receive(bytes);
  std::size_t responses = read_responses(out).size();
  const std::size_t response_bytes = out.size() / responses;
  while (client.next() == Next::resume) {
    EXPECT_LE(out.size(), response_turn_bytes + response_bytes);
    out = client.resume();
    responses += read_responses(out).size();
  }
  EXPECT_EQ(responses, requests);
}

TEST(ConversationPersistence, ClosesWithTheLastResponseOfItsTurnsWhenItDrains) {
  Client client;
  client.conversation().drain();
  EXPECT_EQ(read_responses(client.receive(longer_than_a_turn + health())).size(), 1U);
  ASSERT_EQ(client.next(), Next::resume);
  const auto responses = read_responses(client.resume());
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace primebench
