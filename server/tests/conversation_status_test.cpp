// Every status of the contract, with its body.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client.hpp"

namespace primebench {
namespace {

void expect_status(std::string_view request, int status, std::string_view title) {
  SCOPED_TRACE(request.substr(0, 300));
  const auto [response, closed] = single_exchange(request);
  expect_problem(response, status, title);
  EXPECT_FALSE(closed);  // a request that was read whole keeps the connection open
}

TEST(ConversationStatus, Is200WithPrimeAndDurationForCalculate) {
  const auto [response, closed] = single_exchange(calculate(R"({"n":1000})"));
  expect_prime(response, 1'000, 7'919);
  EXPECT_FALSE(closed);
}

TEST(ConversationStatus, Is200ToTheByteForHealth) {
  Client client;
  EXPECT_EQ(client.send(health()),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 15\r\n"
            "\r\n"
            "{\"status\":\"ok\"}");
  EXPECT_FALSE(client.is_closed());
}

TEST(ConversationStatus, Is200ForAQueryAnAbsoluteTargetAndAMediaTypeInOtherCase) {
  for (const std::string_view target : {"/calculate?x=1", "http://test/calculate"}) {
    const auto [response, closed] =
        single_exchange("POST " + std::string{target} +
                        " HTTP/1.1\r\nHost: test\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
                        "Content-Length: 8\r\n\r\n{\"n\":10}");
    expect_prime(response, 10, 29);
  }
}

TEST(ConversationStatus, Is200ForHealthWithABodyThatIsIgnored) {
  const auto [response, closed] = single_exchange("GET /health HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content, R"({"status":"ok"})");
  EXPECT_FALSE(closed);
}

TEST(ConversationStatus, Is400ForABodyThatIsNoJson) {
  for (const std::string_view body :
       {"", "{", R"({"n":10,})", R"({"n":01})", R"({'n':10})", "{\"n\":10}x", "{\"n\":\"\xff\"}"}) {
    expect_status(calculate(body), 400, "Bad Request");
  }
  expect_status(calculate(std::string_view{"{\"n\":10}\0", 9}), 400, "Bad Request");
}

TEST(ConversationStatus, Is400ForAPostWithoutABody) {
  expect_status("POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\r\n", 400, "Bad Request");
}

TEST(ConversationStatus, Is400ForABodyThatIsNoObject) {
  for (const std::string_view body : {"[10000]", "5", R"("x")", "null"}) {
    expect_status(calculate(body), 400, "Bad Request");
  }
}

TEST(ConversationStatus, Is404ForAnUnknownPath) {
  for (const std::string_view target : {"/", "/calculate/", "/Calculate", "/health/", "/%63alculate", "http://test"}) {
    expect_status("GET " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n\r\n", 404, "Not Found");
  }
  expect_status("OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n", 404, "Not Found");
  expect_status("CONNECT test:443 HTTP/1.1\r\nHost: test:443\r\n\r\n", 404, "Not Found");
}

TEST(ConversationStatus, Is405ForAnotherMethodAndNamesTheRightOnes) {
  for (const std::string_view method : {"GET", "PUT", "DELETE", "OPTIONS", "PATCH", "post", "FOO"}) {
    const auto [response, closed] = single_exchange(std::string{method} + " /calculate HTTP/1.1\r\nHost: test\r\n\r\n");
    expect_problem(response, 405, "Method Not Allowed");
    EXPECT_EQ(response.field("Allow"), "POST");
    EXPECT_FALSE(closed);
  }
  for (const std::string_view method : {"POST", "PUT", "DELETE", "get", "FOO"}) {
    const auto [response, closed] = single_exchange(std::string{method} + " /health HTTP/1.1\r\nHost: test\r\n\r\n");
    expect_problem(response, 405, "Method Not Allowed");
    EXPECT_EQ(response.field("Allow"), "GET, HEAD");
    EXPECT_FALSE(closed);
  }
}

TEST(ConversationStatus, Is413ForABodyTooLarge) {
  const auto [response, closed] = single_exchange(calculate(std::string(4'097, ' ')));
  expect_problem(response, 413, "Content Too Large");
  EXPECT_TRUE(closed);
}

TEST(ConversationStatus, Is415WithoutTheRightContentType) {
  for (const std::string_view field : {"", "Content-Type: text/plain\r\n", "Content-Type: application/jsonp\r\n",
                                       "Content-Type:\r\n", "Content-Type: application/json\r\nContent-Type: text/plain\r\n"}) {
    expect_status("POST /calculate HTTP/1.1\r\nHost: test\r\n" + std::string{field} + "Content-Length: 8\r\n\r\n{\"n\":10}",
                  415, "Unsupported Media Type");
  }
}

TEST(ConversationStatus, Is422WithoutAnIntegerInRange) {
  for (const std::string_view body :
       {"{}", R"({"N":10})", R"({"n":null})", R"({"n":true})", R"({"n":"5"})", R"({"n":[]})", R"({"n":{}})", R"({"n":1.5})",
        R"({"n":1.0})", R"({"n":1e4})", R"({"n":12.000000000000000e-2147483639})", R"({"n":1e999999})", R"({"n":0})",
        R"({"n":-0})", R"({"n":-1})", R"({"n":100001})", R"({"n":18446744073709551617})"}) {
    expect_status(calculate(body), 422, "Unprocessable Content");
  }
}

TEST(ConversationStatus, Is431ForAHeaderSectionTooLarge) {
  const auto [response, closed] = single_exchange(health("X: " + std::string(8'192, 'x') + "\r\n"));
  expect_problem(response, 431, "Request Header Fields Too Large");
  EXPECT_TRUE(closed);
}

TEST(ConversationStatus, Is414ForATargetTooLong) {
  const auto [response, closed] = single_exchange("GET /" + std::string(8'192, 'x') + " HTTP/1.1\r\nHost: test\r\n\r\n");
  expect_problem(response, 414, "URI Too Long");
  EXPECT_TRUE(closed);
}

TEST(ConversationStatus, Is501ForAnotherTransferCoding) {
  const auto [response, closed] =
      single_exchange("POST /calculate HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
  expect_problem(response, 501, "Not Implemented");
  EXPECT_TRUE(closed);
}

TEST(ConversationStatus, AsksForThePathBeforeTheMethodTheContentTypeAndTheBody) {
  expect_status("PUT /nowhere HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n{", 404,
                "Not Found");
}

TEST(ConversationStatus, AsksForTheMethodBeforeTheContentTypeAndTheBody) {
  expect_status("PUT /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n{", 405,
                "Method Not Allowed");
}

TEST(ConversationStatus, AsksForTheContentTypeBeforeTheBody) {
  expect_status("POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n{", 415,
                "Unsupported Media Type");
}

TEST(ConversationStatus, AsksForThePathBeforeTheBodysSize) {
  const auto [response, closed] = single_exchange("POST /nowhere HTTP/1.1\r\nHost: test\r\nContent-Length: 4097\r\n\r\n");
  expect_problem(response, 404, "Not Found");
  EXPECT_TRUE(closed);  // the body is still to come
}

TEST(ConversationStatus, AsksForWellFormedHttpBeforeThePath) {
  expect_problem(single_exchange("GET /nowhere HTTP/1.1\r\n\r\n").response, 400, "Bad Request");
  expect_problem(single_exchange("GET /nowhere HTTP/1.1\r\nHost: test\r\nX : y\r\n\r\n").response, 400, "Bad Request");
}

TEST(ConversationStatus, NeverRepeatsBytesOfTheRequest) {
  const std::string mark = "zqj";
  for (const std::string& request :
       {"GET /" + mark + " HTTP/1.1\r\nHost: test\r\n\r\n", mark + " /health HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: " + mark + " " + mark + "\r\n\r\n", calculate("{\"n\":" + mark + "}"),
        calculate(R"({")" + mark + R"(":5})"), calculate(R"({"n":")" + mark + R"("})"), calculate("", mark + "\r\n"),
        calculate("{}", "Transfer-Encoding: " + mark + "\r\n"),
        "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: " + mark + "\r\n\r\n", "GET /health " + mark + "\r\n\r\n",
        calculate_chunked(mark + "\r\n")}) {
    SCOPED_TRACE(request);
    Client client;
    const std::string response = client.send(request);
    EXPECT_TRUE(response.starts_with("HTTP/1.1 4")) << response;
    EXPECT_EQ(response.find(mark), std::string::npos) << response;
  }
}

TEST(ConversationStatus, HoldsToMaxN) {
  Client client{10};
  const auto responses =
      read_responses(client.send(calculate(R"({"n":10})") + calculate(R"({"n":11})") + calculate(R"({"n":0})")));
  ASSERT_EQ(responses.size(), 3U);
  expect_prime(responses[0], 10, 29);
  expect_problem(responses[1], 422, "Unprocessable Content");
  expect_problem(responses[2], 422, "Unprocessable Content");
}

}  // namespace
}  // namespace primebench
