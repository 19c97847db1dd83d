// What an application may rely on, shown with one that knows no prime: this program is linked with HTTP alone.

#include "primebench/http/handler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "primebench/http/conversation.hpp"
#include "primebench/http/http_date.hpp"
#include "primebench/http/limits.hpp"
#include "response_reader.hpp"

namespace primebench {
namespace {

using Next = Conversation::Next;

constexpr Problem refused{403, "Forbidden", "not here", ""};

constexpr std::uint32_t longer_body_bytes = 10'000;

/// Says what it was asked. Refuses /refused, leaves /later to others, and allows /longer a longer body.
class Echo final : public Handler {
public:
  [[nodiscard]] const Problem* check_head(const Request& request) const noexcept override {
    return request.target == "/refused" ? &refused : nullptr;
  }

  [[nodiscard]] std::uint32_t body_bytes_max(const Request& request, std::uint32_t usual) const noexcept override {
    return request.target == "/longer" ? longer_body_bytes : usual;
  }

  void handle(const Request& request, ResponseWriter& response) override {
    if (request.target == "/text") {
      return response.text("as text");
    }
    std::string seen{request.target};
    seen.append("|").append(request.content_type).append("|").append(request.body);
    response.took(time);
    if (request.target == "/later") {
      response.defer([seen] { return seen; });
    } else {
      response.ok(seen);
    }
  }

  std::chrono::nanoseconds time{0};
};

/// A connection to it.
struct EchoClient {
  std::vector<Response> send(std::string_view bytes) {
    std::string out;
    next = conversation.receive(bytes, out, {});
    return read_responses(out);
  }

  Echo echo;
  HttpDate date;
  Limits limits;
  ConversationContext context{.handler = echo, .date = date, .limits = limits};
  Conversation conversation{context, {}};
  Next next = Next::read;
};

std::string post(std::string_view target, std::string_view fields, std::string_view body) {
  return std::string{"POST "}
      .append(target)
      .append(" HTTP/1.1\r\nHost: test\r\nContent-Length: ")
      .append(std::to_string(body.size()) + "\r\n")
      .append(fields)
      .append("\r\n")
      .append(body);
}

TEST(Handler, IsGivenTargetContentTypeAndBody) {
  const auto responses = EchoClient{}.send(post("/x?y=1", "Content-Type: text/plain\r\n", "hello"));
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 200);
  EXPECT_EQ(responses[0].content, "/x?y=1|text/plain|hello");
}

TEST(Handler, IsGivenTheContentOfAChunkedBody) {
  const auto responses =
      EchoClient{}.send("POST /x HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
  EXPECT_EQ(responses.at(0).content, "/x||hello");
}

TEST(Handler, IsGivenTheSameHoweverTheRequestIsCut) {
  const std::string request = post("/somewhere/else?x", "Content-Type: application/json; charset=utf-8\r\n", "hello");
  const std::string chunked =
      "POST /somewhere/else?x HTTP/1.2\r\nHost: test\r\nContent-Type: application/json; charset=utf-8\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  for (const std::string& bytes : {request, chunked}) {
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      EchoClient client;
      EXPECT_TRUE(client.send(std::string{bytes, 0, cut}).empty()) << cut;
      const auto responses = client.send(std::string{bytes, cut});
      ASSERT_EQ(responses.size(), 1U) << cut;
      ASSERT_EQ(responses[0].content, "/somewhere/else?x|application/json; charset=utf-8|hello") << cut;
    }
  }
}

TEST(Handler, MayRespondWithText) {
  const auto responses = EchoClient{}.send(post("/text", "", "x"));
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].field("Content-Type"), "text/plain");
  EXPECT_EQ(responses[0].content, "as text");
}

std::string chunked(std::string_view target, std::string_view body) {
  std::string request = "POST ";
  request.append(target).append(" HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
  constexpr std::size_t chunk_bytes = 0x800;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    const std::string_view chunk = body.substr(0, chunk_bytes);
    std::ostringstream size;
    size << std::hex << chunk.size();
    request.append(size.str()).append("\r\n").append(chunk).append("\r\n");
  }
  return request.append("0\r\n\r\n");
}

TEST(Handler, MayAllowARequestALongerBody) {
  const std::string longest(longer_body_bytes, 'x');
  for (const std::string& request : {post("/longer", "", longest), chunked("/longer", longest)}) {
    for (const std::size_t cut : {std::size_t{90}, std::size_t{5'000}, request.size() - 1}) {
      EchoClient client;
      EXPECT_TRUE(client.send(request.substr(0, cut)).empty()) << cut;
      const auto responses = client.send(request.substr(cut));
      ASSERT_EQ(responses.size(), 1U) << cut;
      EXPECT_EQ(responses[0].content, "/longer||" + longest) << cut;
    }
  }
}

TEST(Handler, MayStillBeSentTooMuch) {
  const std::string over(longer_body_bytes + 1, 'x');
  const std::string over_the_usual(Limits{}.body_bytes + 1, 'x');
  for (const std::string& request :
       {post("/longer", "", over), chunked("/longer", over), post("/x", "", over_the_usual), chunked("/x", over_the_usual)}) {
    EchoClient client;
    const auto responses = client.send(request);
    ASSERT_EQ(responses.size(), 1U);
    EXPECT_EQ(responses[0].status, 413);
    EXPECT_EQ(client.next, Next::close);
  }
}

TEST(Handler, RefusesBeforeTheBodyIsSent) {
  EchoClient client;
  const auto responses =
      client.send("POST /refused HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 403);
  EXPECT_EQ(responses[0].content, R"({"title":"Forbidden","status":403,"detail":"not here"})");
  EXPECT_EQ(client.next, Next::close);
}

TEST(Handler, NeverSeesWhatHttpRefuses) {
  EchoClient client;
  const auto responses = client.send("GET / HTTP/1.1\r\n\r\n");
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 400);
  EXPECT_EQ(responses[0].field("Content-Type"), "application/problem+json");
}

TEST(Handler, MayLeaveAResponseToAJob) {
  EchoClient client;
  EXPECT_TRUE(client.send(post("/later", "", "1") + post("/x", "", "2")).empty());
  ASSERT_EQ(client.next, Next::run_job);
  const std::string json = client.conversation.take_job()();
  std::string out;
  EXPECT_EQ(client.conversation.complete(json, out, {}), Next::read);
  const auto responses = read_responses(out);
  ASSERT_EQ(responses.size(), 2U);
  EXPECT_EQ(responses[0].content, "/later||1");
  EXPECT_EQ(responses[1].content, "/x||2");
}

TEST(Handler, GivesOthersATurnAfterItTookLong) {
  EchoClient client;
  client.echo.time = handler_turn + std::chrono::nanoseconds{1};
  EXPECT_EQ(client.send(post("/x", "", "1") + post("/x", "", "2")).size(), 1U);
  EXPECT_EQ(client.next, Next::resume);
}

}  // namespace
}  // namespace primebench
