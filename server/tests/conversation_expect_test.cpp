// Expect: 100-continue (RFC 9110 section 10.1.1).

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client.hpp"

namespace primebench {
namespace {

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view expects = "Expect: 100-continue\r\n";

std::string head_of(const std::string& request) { return request.substr(0, request.find("\r\n\r\n") + 4); }

TEST(ConversationExpect, SaysToGoOnBeforeTheBody) {
  Client client;
  EXPECT_EQ(client.send(head_of(calculate(R"({"n":10})", expects))), go_on);
  const auto responses = read_responses(client.send(R"({"n":10})"));
  ASSERT_EQ(responses.size(), 1U);
  expect_prime(responses[0], 10, 29);
  EXPECT_FALSE(client.is_closed());
}

TEST(ConversationExpect, SaysToGoOnBeforeChunks) {
  Client client;
  EXPECT_EQ(client.send(calculate_chunked("", expects)), go_on);
  expect_prime(read_responses(client.send("8\r\n{\"n\":10}\r\n0\r\n\r\n")).at(0), 10, 29);
}

TEST(ConversationExpect, SaysToGoOnOnce) {
  Client client;
  std::string out;
  for (const char c : calculate(R"({"n":10})", expects)) {
    out += client.send({&c, 1});
  }
  const auto responses = read_responses(out);
  ASSERT_EQ(responses.size(), 2U);
  EXPECT_EQ(responses[0].status, 100);
  expect_prime(responses[1], 10, 29);
}

TEST(ConversationExpect, ComparesWithoutRegardToCase) {
  Client client;
  EXPECT_EQ(client.send(head_of(calculate(R"({"n":10})", "expect: 100-CONTINUE\r\n"))), go_on);
}

TEST(ConversationExpect, FindsTheExpectationInAList) {
  for (const std::string_view fields :
       {"Expect: something, 100-continue\r\n", "Expect: 100-continue,\r\n", "Expect: x\r\nExpect: 100-continue\r\n"}) {
    Client client;
    EXPECT_EQ(client.send(head_of(calculate(R"({"n":10})", fields))), go_on) << fields;
  }
}

TEST(ConversationExpect, SaysNothingUnlessAsked) {
  for (const std::string_view fields : {"", "Expect: something\r\n", "Expect:\r\n", "Expect: 100-continued\r\n"}) {
    Client client;
    EXPECT_EQ(client.send(head_of(calculate(R"({"n":10})", fields))), "");
  }
}

TEST(ConversationExpect, SaysNothingToHttp10) {
  Client client;
  EXPECT_EQ(client.send("POST /calculate HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 8\r\n"
                        "Expect: 100-continue\r\n\r\n"),
            "");
  expect_prime(read_responses(client.send(R"({"n":10})")).at(0), 10, 29);
}

TEST(ConversationExpect, SaysNothingWhenThereIsNoBody) {
  const auto [response, closed] = single_exchange(health(expects));
  EXPECT_EQ(response.status, 200);
  expect_problem(single_exchange(calculate("", expects)).response, 400, "Bad Request");
}

TEST(ConversationExpect, GivesTheFinalStatusAtOnceIfTheHeadIsWrong) {
  for (const std::string_view line : {"POST /nowhere", "PUT /calculate", "POST /calculate"}) {
    for (const std::string_view framing : {"Content-Length: 8\r\n", "Transfer-Encoding: chunked\r\n"}) {
      const std::string head =
          std::string{line} + " HTTP/1.1\r\nHost: test\r\n" + std::string{framing} + std::string{expects} + "\r\n";
      const auto [response, closed] = single_exchange(head);
      EXPECT_GE(response.status, 404) << response;
      EXPECT_LE(response.status, 415) << response;
      EXPECT_TRUE(closed);  // whether the body comes is unknown
    }
  }
}

TEST(ConversationExpect, GivesTheFinalStatusAtOnceIfTheBodyIsTooLarge) {
  const auto [response, closed] = single_exchange(head_of(calculate(std::string(4'097, ' '), expects)));
  expect_problem(response, 413, "Content Too Large");
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace primebench
