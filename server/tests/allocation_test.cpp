#include <gtest/gtest.h>
#include <rapidjson/allocators.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "allocation_count.hpp"
#include "primebench/app/json_codec.hpp"
#include "primebench/app/service.hpp"
#include "primebench/http/conversation.hpp"

namespace primebench {
namespace {

template <typename Function>
std::int64_t allocations_during(Function function) {
  const std::int64_t before = allocation_count().made;
  function();
  return allocation_count().made - before;
}

std::int64_t live() { return allocation_count().live; }

/// One connection, with memory for its responses, so that what is counted is the server's.
struct Connection {
  Connection() {
    out.reserve(100'000);
    date.set(std::chrono::sys_seconds{std::chrono::seconds{784'111'777}});
    (void)service.read_n(R"({"n":1})");
  }

  Conversation::Next receive(std::string_view bytes) {
    out.clear();
    return conversation.receive(bytes, out, {});
  }

  /// As `receive`, and goes on for as long as there are turns: how many depends on how long the calculations took.
  void receive_all(std::string_view bytes) {
    auto next = receive(bytes);
    while (next == Conversation::Next::resume) {
      next = conversation.resume(out, {});
    }
  }

  std::string out;
  Service service{100'000};
  HttpDate date;
  Limits limits;
  ConversationContext context{.handler = service, .date = date, .limits = limits};
  Conversation conversation{context, {}};
};

constexpr std::string_view calculate_10 =
    "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"n\":10}";
constexpr std::string_view health = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";

TEST(AllocationCount, SeesOperatorNew) {
  const std::int64_t live_before = live();
  EXPECT_EQ(allocations_during([] { const std::vector<char> memory(1'000); }), 1);
  EXPECT_EQ(live(), live_before);
}

TEST(AllocationCount, SeesRapidJsonsAllocations) {
  rapidjson::CrtAllocator allocator;
  void* memory = nullptr;
  EXPECT_EQ(allocations_during([&] { memory = allocator.Malloc(1'000); }), 1);
  EXPECT_EQ(allocations_during([&] { memory = allocator.Realloc(memory, 1'000, 2'000); }), 1);
  rapidjson::CrtAllocator::Free(memory);
}

TEST(BodyDecoder, AllocatesWhenItIsNew) {
  BodyDecoder decoder;
  EXPECT_GT(allocations_during([&] { (void)decoder.decode(R"({"n":10000})"); }), 0);
}

TEST(BodyDecoder, AllocatesNothingOnceItIsWarm) {
  BodyDecoder decoder;
  (void)decoder.decode(R"({"n":1})");
  EXPECT_EQ(allocations_during([&] { (void)decoder.decode(R"({"n":10000})"); }), 0);
}

TEST(BodyDecoder, AllocatesNothingForABodyLikeOneBefore) {
  const std::vector<std::string> bodies{R"({"a":)" + std::string(2'000, '[') + std::string(2'000, ']') + R"(,"n":10000})",
                                        R"({"a":")" + std::string(4'000, 'x') + R"(","n":10000})",
                                        R"({"a":1e999999,"n":10000})", R"({"n":)"};
  BodyDecoder decoder;
  for (const std::string& body : bodies) {
    (void)decoder.decode(body);
  }
  for (const std::string& body : bodies) {
    EXPECT_EQ(allocations_during([&] { (void)decoder.decode(body); }), 0) << body.substr(0, 30);
  }
}

TEST(Reply, AllocatesNothing) {
  EXPECT_EQ(allocations_during([] { (void)Reply{10'000, 104'729, std::chrono::nanoseconds{4'812'345}}; }), 0);
}

TEST(Conversation, AllocatesNothingForRequestsThatComeWhole) {
  Connection connection;
  EXPECT_EQ(allocations_during([&] { connection.receive(calculate_10); }), 0);
  EXPECT_TRUE(connection.out.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(allocations_during([&] { connection.receive(health); }), 0);
  EXPECT_TRUE(connection.out.starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(Conversation, AllocatesNothingForItemsAndOrdersLikeOnesBefore) {
  constexpr std::string_view item = "GET /json/999999 HTTP/1.1\r\nHost: test\r\n\r\n";
  const std::string body =
      R"({"order":1,"items":[{"name":"a name of more than 15 bytes","value":1,"tags":["t"]}],"comment":")" +
      std::string(4'000, 'c') + "\"}";
  const std::string order =
      "POST /json HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body;
  Connection connection;
  for (const std::string_view request : {item, std::string_view{order}}) {
    connection.receive(request);
    EXPECT_EQ(allocations_during([&] { connection.receive(request); }), 0);
    EXPECT_TRUE(connection.out.starts_with("HTTP/1.1 200 OK\r\n"));
  }
}

TEST(Conversation, HoldsMemoryWhileARequestIsCutShort) {
  Connection connection;
  const std::int64_t before = live();
  connection.receive(calculate_10.substr(0, 60));
  EXPECT_GT(live(), before);
}

TEST(Conversation, HoldsNoMemoryOnceItIsIdleAgain) {
  const std::string requests = std::string{calculate_10} + std::string{health} +
                               "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n8;x=" +
                               std::string(1'000, 'y') + "\r\n{\"n\":10}\r\n0\r\n\r\n\r\n";
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    Connection connection;
    const std::int64_t before = live();
    connection.receive_all(std::string_view{requests}.substr(0, cut));
    connection.receive_all(std::string_view{requests}.substr(cut));
    ASSERT_TRUE(connection.conversation.is_idle()) << cut;
    ASSERT_EQ(live(), before) << cut;
  }
}

TEST(Conversation, HoldsNoMemoryOnceItHasGoneOnAndIsIdle) {
  constexpr std::string_view slow =
      "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"n\":10000}";
  Connection connection;
  const std::int64_t before = live();
  ASSERT_EQ(connection.receive(std::string{slow} + std::string{health}), Conversation::Next::resume);
  EXPECT_GT(live(), before);
  EXPECT_EQ(connection.conversation.resume(connection.out, {}), Conversation::Next::read);
  EXPECT_EQ(live(), before);
}

}  // namespace
}  // namespace primebench
