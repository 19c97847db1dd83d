// Calculations that are left to others (--offload).

#include <gtest/gtest.h>

#include <string>

#include "answer.hpp"
#include "client.hpp"

namespace primebench {
namespace {

using Next = Conversation::Next;

TEST(Offload, AsksForTheCalculationAndAnswersWhenItIsDone) {
  Client client{1'000, {}, true};
  EXPECT_EQ(client.send(calculate(R"({"n":100})")), "");
  ASSERT_EQ(client.next(), Next::run_job);
  EXPECT_FALSE(client.conversation().is_idle());
  const auto answers = read_answers(client.complete());
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_TRUE(answers[0].content.starts_with(R"({"n":100,"prime":541,)")) << answers[0].content;
  EXPECT_EQ(client.next(), Next::read);
  EXPECT_TRUE(client.conversation().is_idle());
}

TEST(Offload, CalculatesNothingForWhatNeedsNoCalculation) {
  Client client{1'000, {}, true};
  EXPECT_EQ(read_answers(client.send(health() + calculate("{}"))).size(), 2U);
  EXPECT_EQ(client.next(), Next::read);
}

TEST(Offload, AnswersPipelinedRequestsInTheirOrder) {
  Client client{1'000, {}, true};
  std::string out = client.send(health() + calculate(R"({"n":2})") + calculate(R"({"n":3})") + health());
  EXPECT_EQ(read_answers(out).size(), 1U);
  ASSERT_EQ(client.next(), Next::run_job);
  out += client.complete();
  ASSERT_EQ(client.next(), Next::run_job);
  out += client.complete();
  EXPECT_EQ(client.next(), Next::read);
  const auto answers = read_answers(out);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_TRUE(answers[1].content.starts_with(R"({"n":2,"prime":3,)"));
  EXPECT_TRUE(answers[2].content.starts_with(R"({"n":3,"prime":5,)"));
}

TEST(Offload, ClosesAfterTheAnswerIfTheClientAskedForIt) {
  Client client{1'000, {}, true};
  client.send(calculate(R"({"n":2})", "Connection: close\r\n") + health());
  ASSERT_EQ(client.next(), Next::run_job);
  const auto answers = read_answers(client.complete());
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Offload, ClosesAfterTheAnswerIfTheServerDrainsMeanwhile) {
  Client client{1'000, {}, true};
  client.send(calculate(R"({"n":2})"));
  client.conversation().drain();
  const auto answers = read_answers(client.complete());
  EXPECT_EQ(answers.at(0).field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace primebench
