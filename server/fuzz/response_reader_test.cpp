// A property that nothing can break shows nothing: the reader refuses what the contract does not allow.

#include "response_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "violation.hpp"

namespace primebench {
namespace {

constexpr Expected expected{.date = "Sun, 06 Nov 1994 08:49:37 GMT", .max_n = 50};

std::string ok(std::string_view content) {
  std::string bytes = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n";
  return bytes.append("Content-Length: ").append(std::to_string(content.size())).append("\r\n\r\n").append(content);
}

std::string not_found() {
  constexpr std::string_view content =
      R"({"title":"Not Found","status":404,"detail":"the paths are /calculate, /health, /plaintext, /json and /json/1 to /json/1000000"})";
  std::string bytes = "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  bytes.append("Content-Type: application/problem+json\r\nContent-Length: ").append(std::to_string(content.size()));
  return bytes.append("\r\nConnection: close\r\n\r\n").append(content);
}

std::string calculation() {
  return ok(R"({"n":10,"prime":29,"duration":"1.5)"
            "\u00b5s\"}");
}

std::string with(std::string bytes, std::string_view old_text, std::string_view new_text) {
  const auto at = bytes.find(old_text);
  EXPECT_NE(at, std::string::npos) << old_text;
  return bytes.replace(at, old_text.size(), new_text);
}

TEST(ResponseReader, ReadsOneResponseAfterAnother) {
  const std::string head_response = with(ok(R"({"status":"ok"})"), R"({"status":"ok"})", "");
  const auto responses =
      read_responses("HTTP/1.1 100 Continue\r\n\r\n" + calculation() + head_response + not_found(), expected);
  ASSERT_EQ(responses.size(), 4U);
  EXPECT_TRUE(responses[0].is_interim());
  EXPECT_EQ(responses[1].content, R"({"n":10,"prime":29,"duration":"0s"})");
  EXPECT_TRUE(responses[2].content_omitted);
  EXPECT_EQ(responses[3].status, 404);
  EXPECT_EQ(responses[3].connection, "close");
}

TEST(ResponseReader, RefusesWhatIsNotHttp) {
  for (const auto& [old_text, new_text] : {std::pair{"HTTP/1.1", "HTTP/1.0"},
                                           {"200", "299"},
                                           {"200", "0200"},
                                           {"OK\r\n", "OK\n"},
                                           {"Date: ", "Date:"},
                                           {"Date", "Da te"},
                                           {"Date: Sun", "Date: Mon"},
                                           {"Date: Sun", "X-Date: Sun"},
                                           {"Content-Length: ", "Content-Length: 0"},
                                           {"Content-Length: ", "Content-Length: 9"},
                                           {"Content-Type", "Content-Length"},
                                           {"\r\n\r\n", "\r\nConnection: maybe\r\n\r\n"},
                                           {"\r\n\r\n", "\r\n"}}) {
    EXPECT_THROW(read_responses(with(calculation(), old_text, new_text), expected), Violation) << old_text << new_text;
  }
  EXPECT_THROW(read_responses(calculation() + "x", expected), Violation);
  EXPECT_THROW(read_responses(calculation().substr(0, calculation().size() - 1), expected), Violation);
  EXPECT_THROW(read_responses("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n", expected), Violation);
}

TEST(ResponseReader, RefusesWrongCalculations) {
  for (const std::string_view content :
       {R"({"n":10,"prime":31,"duration":"1ns"})", R"({"n":51,"prime":233,"duration":"1ns"})",
        R"({"n":0,"prime":0,"duration":"1ns"})", R"({"n":10,"prime":29,"duration":"1.0ms"})",
        R"({"n":10,"prime":29,"duration":"1.5ns"})", R"({"n":10,"prime":29,"duration":"1m"})",
        R"({"n":10,"prime":29,"duration":"0.5s"})", R"({"n":10,"prime":29,"duration":"1ns","x":1})", R"({"n":10,"prime":29})",
        R"({"status":"OK"})", R"({"id":7)", R"({"id":7}x)", R"({"order":})", R"({"x":1})", "Hello, World!"}) {
    EXPECT_THROW(read_responses(ok(content), expected), Violation) << content;
  }
}

TEST(ResponseReader, ReadsItemsSummariesAndTheText) {
  const std::string text = with(ok("Hello, World!"), "application/json", "text/plain");
  const auto responses =
      read_responses(ok(R"({"id":7})") + ok(R"({"order":1})") + text + with(text, "Hello, World!", ""), expected);
  ASSERT_EQ(responses.size(), 4U);
  EXPECT_EQ(responses[0].content, R"({"id":7})");
  EXPECT_EQ(responses[2].content, "Hello, World!");
  EXPECT_TRUE(responses[3].content_omitted);
  EXPECT_THROW(read_responses(with(text, "World", "Wurld"), expected), Violation);
  EXPECT_THROW(read_responses(with(ok(R"({"id":7})"), "application/json", "text/plain"), expected), Violation);
}

TEST(ResponseReader, RefusesErrorsThatAreNotConstants) {
  EXPECT_EQ(read_responses(not_found(), expected).size(), 1U);
  for (const auto& [old_text, new_text] : {std::pair{"/health", "/secret"},
                                           {"404 Not Found", "404 Not found"},
                                           {"404 Not Found", "400 Not Found"},
                                           {"application/problem+json", "application/json"},
                                           {"Connection: close", "Allow: POST"}}) {
    EXPECT_THROW(read_responses(with(not_found(), old_text, new_text), expected), Violation) << new_text;
  }
}

}  // namespace
}  // namespace primebench
