// Where a request begins and ends, and what is no request at all.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client.hpp"

namespace primebench {
namespace {

/// The request, and a good one after it: that must not be answered.
void expect_refused(std::string_view request, int status = 400, std::string_view title = "Bad Request") {
  SCOPED_TRACE(request.substr(0, 300));
  const auto [response, closed] = single_exchange(std::string{request} + health());
  expect_problem(response, status, title);
  EXPECT_TRUE(closed);
}

void expect_accepted(std::string_view request) {
  SCOPED_TRACE(request);
  const auto result = exchange(std::string{request} + health());
  ASSERT_EQ(result.responses.size(), 2U);
  EXPECT_EQ(result.responses[0].status, 200) << result.responses[0];
  EXPECT_EQ(result.responses[1].status, 200) << result.responses[1];
  EXPECT_FALSE(result.closed);
}

std::string post_with(std::string_view fields, std::string_view body = R"({"n":10})") {
  std::string request = "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n";
  request.append(fields).append("\r\n").append(body);
  return request;
}

TEST(ConversationFraming, RefusesMalformedRequestLines) {
  for (const std::string_view line : {"GET",
                                      "GET /health",
                                      "GET  /health HTTP/1.1",
                                      "GET /health  HTTP/1.1",
                                      " GET /health HTTP/1.1",
                                      "GET /health HTTP/1.1 ",
                                      "GET /health HTTP/1.1 x",
                                      "GET /hea lth HTTP/1.1",
                                      "GET\t/health\tHTTP/1.1",
                                      "/health HTTP/1.1",
                                      "GET  HTTP/1.1",
                                      "GET /health http/1.1",
                                      "GET /health HTTP/1.10",
                                      "GET /health HTTP/01.1",
                                      "GET /health HTTP/1.1.1",
                                      "GET /health HTTP/1.1 HTTP/1.1",
                                      "GET /health HTTP/1.1 HTTP/1.2",
                                      "GET /health HTTP/1.1 HTTP/2.0",
                                      "GET /health HTTP/ 1.1",
                                      "GET /health HTTP/1.",
                                      "GET /health HTTP/.1",
                                      "GET /health HTTP/-1.1",
                                      "GET /health HTTPS/1.1",
                                      "GET /health HTTP/11",
                                      "GET /health HTTP/1,1",
                                      "GET /health XTTP/1.1",
                                      "GET /health HTTP",
                                      "G(T /health HTTP/1.1",
                                      "GET /hea\x01lth HTTP/1.1",
                                      "GET /hea\x7flth HTTP/1.1",
                                      "\x16\x03\x01",
                                      "{}"}) {
    expect_refused(std::string{line} + "\r\nHost: test\r\n\r\n");
  }
}

TEST(ConversationFraming, Is505ForOtherMajorVersions) {
  for (const std::string_view line : {"GET /health HTTP/2.0", "GET /health HTTP/0.9", "GET /health HTTP/3.0",
                                      "GET /health HTTP/9.9", "PRI * HTTP/2.0", "X y HTTP/2.0"}) {
    expect_refused(std::string{line} + "\r\nHost: test\r\n\r\n", 505, "HTTP Version Not Supported");
  }
  expect_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP Version Not Supported");
}

TEST(ConversationFraming, TakesLaterMinorVersionsForHttp11) {
  for (const std::string_view version : {"1.2", "1.5", "1.9"}) {
    expect_accepted("GET /health HTTP/" + std::string{version} + "\r\nHost: test\r\n\r\n");
    expect_refused("GET /health HTTP/" + std::string{version} + "\r\n\r\n");  // needs a Host as well
    expect_refused("GET /hea|th HTTP/" + std::string{version} + "\r\nHost: test\r\n\r\n");
  }
}

TEST(ConversationFraming, RefusesTargetsOfNoForm) {
  for (const std::string_view line :
       {"GET health HTTP/1.1", "GET * HTTP/1.1", "OPTIONS *? HTTP/1.1", "GET test:80 HTTP/1.1", "GET ?x HTTP/1.1",
        "CONNECT /health HTTP/1.1", "CONNECT /calculate HTTP/1.1", "CONNECT test HTTP/1.1", "CONNECT test: HTTP/1.1",
        "CONNECT * HTTP/1.1", "CONNECT http://test/ HTTP/1.1", "GET https://test/health HTTP/1.1",
        "GET http://user@test/health HTTP/1.1", "GET http:///health HTTP/1.1", "GET http://te|st/health HTTP/1.1"}) {
    expect_refused(std::string{line} + "\r\nHost: test\r\n\r\n");
  }
}

TEST(ConversationFraming, RefusesTargetsWithCharactersOfNoUri) {
  for (const std::string_view target :
       {"/health#x", "/health?a#x", "/hea%zzlth",      "/health%",    "/health?%2",       "/hea\"lth", "/hea<lth",
        "/hea>lth",  "/hea\\lth",   "/hea^lth",        "/hea`lth",    "/hea{lth",         "/hea|lth",  "/hea}lth",
        "/hea[lth",  "/hea]lth",    "/hea\xc3\xa9lth", "/hea\xfflth", "/health?\xc3\xa9", "/health?{}"}) {
    expect_refused("GET " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n\r\n");
  }
}

TEST(ConversationFraming, TakesAbsoluteTargetsWhateverTheHost) {
  expect_accepted("GET http://test/health HTTP/1.1\r\nHost: other.test:80\r\n\r\n");
  expect_accepted("GET http://[::1]:80/health?x HTTP/1.1\r\nHost: other\r\n\r\n");
  expect_refused("GET http://test/health HTTP/1.1\r\n\r\n");
  expect_refused("GET http://test/health HTTP/1.1\r\nHost: a b\r\n\r\n");
}

TEST(ConversationFraming, RefusesWhatIsNoRequestLineByItsFirstByte) {
  using namespace std::string_view_literals;
  for (const std::string_view begin : {"\x16\x03\x01\x02\x00\x01\xfc"sv, "\0"sv, " "sv, "\t"sv, "\xff\xfb\x1f"sv, "\rG"sv,
                                       "\r\r"sv, "{"sv, "<"sv, ":"sv, "\"GET"sv}) {
    Client client;
    const auto responses = read_responses(client.send(begin));
    ASSERT_EQ(responses.size(), 1U) << begin;
    expect_problem(responses[0], 400, "Bad Request");
    EXPECT_TRUE(client.is_closed());
  }
  for (const std::string_view begin : {"\r"sv, "G"sv, "!"sv, "~x"sv, "0"sv, "\r\n\r"sv}) {
    Client client;
    EXPECT_EQ(client.send(begin), "") << begin;
    EXPECT_FALSE(client.is_closed());
  }
}

TEST(ConversationFraming, RefusesHttp09) {
  expect_refused("GET /health\r\n");
  expect_refused("GET /\n");
}

TEST(ConversationFraming, RefusesLinesWithoutCarriageReturn) {
  expect_refused("GET /health HTTP/1.1\nHost: test\r\n\r\n");
  expect_refused("GET /health HTTP/1.1\r\nHost: test\n\r\n");
  expect_refused("GET /health HTTP/1.1\r\nHost: test\nX: y\r\n\r\n");
  expect_refused("GET /health HTTP/1.1\nHost: test\n\n");
  expect_refused("\nGET /health HTTP/1.1\r\nHost: test\r\n\r\n");
}

TEST(ConversationFraming, RefusesABareCarriageReturn) {
  expect_refused("GET /hea\rlth HTTP/1.1\r\nHost: test\r\n\r\n");
  expect_refused("GET /health HTTP/1.1\rHost: test\r\n\r\n");
  expect_refused("\rGET /health HTTP/1.1\r\nHost: test\r\n\r\n");
  expect_refused(health("X: a\rb\r\n"));
  expect_refused(health("X: a\r\r\n"));
  expect_refused(health("X\r: a\r\n"));
  expect_refused(health("\rX: a\r\n"));
  expect_refused(health("X: a\rContent-Length: 5\r\n"));
}

TEST(ConversationFraming, RefusesSpaceBeforeAFieldsColon) {
  expect_refused(health("X : a\r\n"));
  expect_refused(health("X\t: a\r\n"));
  expect_refused("GET /health HTTP/1.1\r\nHost : test\r\n\r\n");
  expect_refused(post_with("Content-Length : 8\r\n"));
  expect_refused(post_with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"));
}

TEST(ConversationFraming, RefusesFoldedFields) {
  for (const std::string_view fields :
       {"X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X: a\r\n  b\r\n c\r\n", "X:\r\n a\r\n", "X: \r\n a\r\n", "X: a\r\n \r\n",
        "X:\r\n \r\n", "X: a\r\n Content-Length: 5\r\n", " X: a\r\n", "\tX: a\r\n"}) {
    expect_refused(health(fields));
  }
  expect_refused("GET /health HTTP/1.1\r\n Host: test\r\n\r\n");
  expect_refused("GET /health HTTP/1.1\r\nHost:\r\n test\r\n\r\n");
}

TEST(ConversationFraming, RefusesMalformedFields) {
  for (const std::string_view fields : {"X\r\n", ": a\r\n", "X;Y: a\r\n", "X Y: a\r\n", "\xc3\xa9: a\r\n", "X: a\x01\r\n",
                                        "X: \x7f\r\n", "(X): a\r\n", "X\x01: a\r\n", "Connection: @\r\n"}) {
    expect_refused(health(fields));
  }
  expect_refused(health(std::string_view{"X: a\0b\r\n", 8}));
  expect_refused(health(std::string_view{"X\0: ab\r\n", 8}));
}

TEST(ConversationFraming, AcceptsUnusualButWellFormedFields) {
  for (const std::string_view fields : {"X:\r\n", "X:a\r\n", "X: \t a \t \r\n", "X: \xc3\xa9\r\n", "!#$%&'*+-.^_`|~09az: a\r\n",
                                        "X: a: b\r\n", "X: \"a\"\r\n", "X: a\r\nX: b\r\n", "Connection:\r\n"}) {
    expect_accepted(health(fields));
  }
}

TEST(ConversationFraming, RefusesHttp11WithoutExactlyOneValidHost) {
  expect_refused("GET /health HTTP/1.1\r\n\r\n");
  expect_refused("GET /health HTTP/1.1\r\nX: y\r\n\r\n");
  expect_refused(health("Host: test\r\n"));
  expect_refused(health("host: other\r\n"));
  expect_refused("GET /health HTTP/1.1\r\nHost: a b\r\n\r\n");
  for (const std::string_view host :
       {"",          " ",          "http://test/", ":80",  "user@test", "a, b",   "a,b",   "test:65536",
        "test:x",    "test:80:80", "%zz",          "[::1", "::1",       "[::1]x", "[g::]", "[fe80::1%25eth0]",
        "b\xc3\xbc", "a/b",        "a?b",          "a\\b", "\"a\""}) {
    expect_refused("GET /health HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n");
  }
}

TEST(ConversationFraming, AcceptsEveryKindOfHost) {
  for (const std::string_view host :
       {"test", "test:8080", "test:", "127.0.0.1:80", "[::1]:80", "[::1]", "[v1.a:b]", "a_b.test.", "%41", "!$&'()*+;="}) {
    expect_accepted("GET /health HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n");
  }
}

TEST(ConversationFraming, AcceptsHttp10WithoutHost) {
  expect_accepted("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  expect_refused("GET /health HTTP/1.0\r\nConnection: keep-alive\r\nHost: a\r\nHost: b\r\n\r\n");
  expect_refused("GET /health HTTP/1.0\r\nConnection: keep-alive\r\nHost: a b\r\n\r\n");
}

TEST(ConversationFraming, RefusesContentLengthsThatAreNoNumber) {
  for (const std::string_view value : {"", "-1", "+8", "-0", "0x8", "8x", "x", "8.0", "8e0", "8 8", "\"8\"", "8;", "8,", ",8",
                                       "8,,8", "18446744073709551616", "99999999999999999999999"}) {
    expect_refused(post_with("Content-Length: " + std::string{value} + "\r\n"));
  }
}

TEST(ConversationFraming, RefusesContentLengthsThatDiffer) {
  expect_refused(post_with("Content-Length: 8\r\nContent-Length: 9\r\n"));
  expect_refused(post_with("Content-Length: 9\r\nContent-Length: 8\r\n"));
  expect_refused(post_with("Content-Length: 8\r\nContent-Length: 0\r\n"));
  expect_refused(post_with("Content-Length: 8, 9\r\n"));
  expect_refused(post_with("Content-Length: 8\r\nContent-Length: x\r\n"));
}

TEST(ConversationFraming, AcceptsContentLengthsThatAgree) {
  // RFC 9110 section 8.6 allows either; the same number cannot be misunderstood.
  expect_accepted(post_with("Content-Length: 8\r\n"));
  expect_accepted(post_with("Content-Length: 8\r\nContent-Length: 8\r\n"));
  expect_accepted(post_with("Content-Length: 8, 8\r\n"));
  expect_accepted(post_with("Content-Length: 0008\r\n"));
}

TEST(ConversationFraming, RefusesTransferEncodingTogetherWithContentLength) {
  constexpr std::string_view chunks = "8\r\n{\"n\":10}\r\n0\r\n\r\n";
  expect_refused(post_with("Transfer-Encoding: chunked\r\nContent-Length: 8\r\n", chunks));
  expect_refused(post_with("Content-Length: 8\r\nTransfer-Encoding: chunked\r\n", chunks));
  expect_refused(post_with("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", chunks));
  expect_refused(post_with("Content-Length: 8\r\nTransfer-Encoding: identity\r\n"));
  expect_refused(post_with("Transfer-Encoding: identity\r\nContent-Length: 8\r\n"));
}

TEST(ConversationFraming, RefusesOtherTransferCodings) {
  for (const std::string_view value : {"gzip", "identity", "chunked, gzip", "chunked, chunked", "xchunked", "chunkedx",
                                       "chunked foo", "chunked;q=1", "\"chunked\"", ""}) {
    expect_refused(post_with("Transfer-Encoding: " + std::string{value} + "\r\n", "0\r\n\r\n"));
  }
  expect_refused(post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
  expect_refused(post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", "0\r\n\r\n"));
  expect_refused(post_with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501, "Not Implemented");
  expect_refused(post_with("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 501, "Not Implemented");
}

TEST(ConversationFraming, IgnoresEmptyElementsOfTransferEncoding) {
  // RFC 9110 section 5.6.1.2: a recipient must parse and ignore a reasonable number of them.
  for (const std::string_view value : {"chunked,", ",chunked", ", chunked ,", "chunked\t"}) {
    expect_accepted(post_with("Transfer-Encoding: " + std::string{value} + "\r\n", "8\r\n{\"n\":10}\r\n0\r\n\r\n"));
  }
}

TEST(ConversationFraming, RefusesTransferEncodingInHttp10) {
  expect_refused(
      "POST /calculate HTTP/1.0\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n"
      "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"n\":10}\r\n0\r\n\r\n");
}

TEST(ConversationFraming, TakesExactlyTheBytesThatContentLengthSays) {
  const auto result = exchange(post_with("Content-Length: 7\r\n", R"({"n":1})") + calculate(R"({"n":10})"));
  ASSERT_EQ(result.responses.size(), 2U);
  expect_prime(result.responses[0], 1, 2);
  expect_prime(result.responses[1], 10, 29);
}

TEST(ConversationFraming, WaitsForTheWholeBody) {
  Client client;
  const std::string request = calculate(R"({"n":10})");
  EXPECT_EQ(client.send(request.substr(0, request.size() - 1)), "");
  EXPECT_FALSE(client.conversation().is_idle());
  expect_prime(read_responses(client.send("}")).at(0), 10, 29);
}

TEST(ConversationFraming, RefusesAsSoonAsALineIsWrong) {
  Client client;
  expect_problem(read_responses(client.send("GET /health HTTP/1.x\r\n")).at(0), 400, "Bad Request");
  EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace primebench
