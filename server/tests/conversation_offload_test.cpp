// Calculations that are left to others (--offload).

#include <gtest/gtest.h>

#include <string>

#include "client.hpp"
#include "response_reader.hpp"

namespace primebench {
namespace {

using Next = Conversation::Next;

TEST(Offload, AsksForTheJobAndRespondsWhenItIsDone) {
  Client client{1'000, {}, true};
  EXPECT_EQ(client.send(calculate(R"({"n":100})")), "");
  ASSERT_EQ(client.next(), Next::run_job);
  EXPECT_FALSE(client.conversation().is_idle());
  const auto responses = read_responses(client.complete());
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 200);
  EXPECT_TRUE(responses[0].content.starts_with(R"({"n":100,"prime":541,)")) << responses[0].content;
  EXPECT_EQ(client.next(), Next::read);
  EXPECT_TRUE(client.conversation().is_idle());
}

TEST(Offload, CalculatesNothingForWhatNeedsNoCalculation) {
  Client client{1'000, {}, true};
  EXPECT_EQ(read_responses(client.send(health() + calculate("{}"))).size(), 2U);
  EXPECT_EQ(client.next(), Next::read);
}

TEST(Offload, RespondsToPipelinedRequestsInTheirOrder) {
  Client client{1'000, {}, true};
  std::string out = client.send(health() + calculate(R"({"n":2})") + calculate(R"({"n":3})") + health());
  EXPECT_EQ(read_responses(out).size(), 1U);
  ASSERT_EQ(client.next(), Next::run_job);
  out += client.complete();
  ASSERT_EQ(client.next(), Next::run_job);
  out += client.complete();
  EXPECT_EQ(client.next(), Next::read);
  const auto responses = read_responses(out);
  ASSERT_EQ(responses.size(), 4U);
  EXPECT_TRUE(responses[1].content.starts_with(R"({"n":2,"prime":3,)"));
  EXPECT_TRUE(responses[2].content.starts_with(R"({"n":3,"prime":5,)"));
}

TEST(Offload, ClosesAfterTheResponseIfTheClientAskedForIt) {
  Client client{1'000, {}, true};
  client.send(calculate(R"({"n":2})", "Connection: close\r\n") + health());
  ASSERT_EQ(client.next(), Next::run_job);
  const auto responses = read_responses(client.complete());
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Offload, ClosesAfterTheResponseIfTheServerDrainsMeanwhile) {
  Client client{1'000, {}, true};
  client.send(calculate(R"({"n":2})"));
  client.conversation().drain();
  const auto responses = read_responses(client.complete());
  EXPECT_EQ(responses.at(0).field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace primebench
