#include "primebench/http/request_parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "primebench/http/limits.hpp"

namespace primebench {
namespace {

/// A parser that has read a request line and these fields, given as `Conversation` gives them: the line, then the section.
/// Holds the bytes, which the parser's views point into.
class ParsedHead {
public:
  ParsedHead(std::string_view line, std::string_view fields) : bytes_{line} {
    bytes_.append("\r\n").append(fields).append("\r\n");
    std::string_view section = bytes_;
    std::string_view first = section.substr(0, line.size() + 2);
    section.remove_prefix(first.size());
    outcome_ = parser_.parse(first);
    if (outcome_ != RequestParser::Outcome::malformed) {
      outcome_ = parser_.parse(section);
    }
  }

  [[nodiscard]] bool is_malformed() const { return outcome_ == RequestParser::Outcome::malformed; }
  [[nodiscard]] RequestParser& parser() { return parser_; }
  [[nodiscard]] RequestParser::Outcome outcome() const { return outcome_; }

private:
  std::string bytes_;
  RequestParser parser_{Limits{}.body_bytes};
  RequestParser::Outcome outcome_ = RequestParser::Outcome::more;
};

constexpr std::string_view get = "GET /health HTTP/1.1";
constexpr std::string_view post = "POST /calculate HTTP/1.1";
constexpr std::string_view post_10 = "POST /calculate HTTP/1.0";

const Problem* framing_problem_of(std::string_view line, std::string_view fields) {
  ParsedHead head{line, fields};
  EXPECT_TRUE(head.parser().is_header_done()) << fields;
  return head.parser().framing_problem();
}

TEST(RequestParser, IsDoneAfterTheHeadIfThereIsNoBody) {
  ParsedHead head{get, "Host: test\r\n"};
  EXPECT_EQ(head.outcome(), RequestParser::Outcome::done);
  EXPECT_TRUE(head.parser().is_done());
  EXPECT_FALSE(head.parser().has_body());
  EXPECT_EQ(head.parser().declared_length(), 0U);
  EXPECT_EQ(head.parser().framing_problem(), nullptr);
}

TEST(RequestParser, MayBeGivenALineAgainAfterABadVersion) {
  RequestParser parser{Limits{}.body_bytes};
  std::string_view first = "GET /health HTTP/1.2\r\n";
  EXPECT_EQ(parser.parse(first), RequestParser::Outcome::bad_version);
  std::string_view second = "GET /health HTTP/1.1\r\n";
  EXPECT_EQ(parser.parse(second), RequestParser::Outcome::more);
  EXPECT_EQ(second, "");
  EXPECT_EQ(parser.request().target, "/health");
}

TEST(RequestParser, StopsBeforeTheBody) {
  ParsedHead head{post, "Host: test\r\nContent-Length: 5\r\n"};
  EXPECT_EQ(head.outcome(), RequestParser::Outcome::more);
  EXPECT_TRUE(head.parser().is_header_done());
  EXPECT_TRUE(head.parser().has_body());
  EXPECT_EQ(head.parser().declared_length(), 5U);
}

TEST(RequestParser, ShowsTheBodyWhereItIsAndLeavesWhatFollows) {
  ParsedHead head{post, "Host: test\r\nContent-Length: 5\r\n"};
  const std::string bytes = "helloGET";
  std::string_view input = bytes;
  EXPECT_EQ(head.parser().parse(input), RequestParser::Outcome::done);
  EXPECT_EQ(head.parser().request().body, "hello");
  EXPECT_EQ(head.parser().request().body.data(), bytes.data());
  EXPECT_EQ(input, "GET");
}

TEST(RequestParser, JoinsChunksAndLeavesWhatFollows) {
  ParsedHead head{post, "Host: test\r\nTransfer-Encoding: chunked\r\n"};
  EXPECT_TRUE(head.parser().has_body());
  EXPECT_TRUE(head.parser().before_first_chunk());
  std::string_view input = "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nHost: trailer\r\n\r\nGET";
  EXPECT_EQ(head.parser().parse(input), RequestParser::Outcome::done);
  EXPECT_FALSE(head.parser().before_first_chunk());
  EXPECT_EQ(head.parser().request().body, "hello");
  EXPECT_EQ(input, "GET");
}

TEST(RequestParser, CountsChunksAgainstTheLimit) {
  const auto outcome_with = [](std::string_view second_size) {
    ParsedHead head{post, "Host: test\r\nTransfer-Encoding: chunked\r\n"};
    const std::string bytes = "1\r\nx\r\n" + std::string{second_size} + "\r\n" + std::string(4'095, 'y') + "\r\n0\r\n\r\n";
    std::string_view input = bytes;
    return head.parser().parse(input);
  };
  EXPECT_EQ(outcome_with("fff"), RequestParser::Outcome::done);             // 4,096 with the first
  EXPECT_EQ(outcome_with("1000"), RequestParser::Outcome::body_too_large);  // 4,097
}

TEST(RequestParser, KnowsTheMethodsThatAnApplicationMayServe) {
  const auto method_in = [](std::string_view line) { return ParsedHead{line, "Host: test\r\n"}.parser().request().method; };
  EXPECT_EQ(method_in("GET /health HTTP/1.1"), Method::get);
  EXPECT_EQ(method_in("HEAD /health HTTP/1.1"), Method::head);
  EXPECT_EQ(method_in("POST /health HTTP/1.1"), Method::post);
  for (const std::string_view method : {"PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "Post", "POSTX", "X"}) {
    EXPECT_EQ(method_in(std::string{method} + " /health HTTP/1.1"), Method::other) << method;
  }
}

TEST(RequestParser, ShowsTheTarget) {
  for (const auto& [line, target] : {std::pair<std::string_view, std::string_view>{"GET /health?x=1 HTTP/1.1", "/health?x=1"},
                                     {"GET http://test/health HTTP/1.1", "/health"},
                                     {"OPTIONS * HTTP/1.1", "*"},
                                     {"CONNECT test:80 HTTP/1.1", "test:80"}}) {
    EXPECT_EQ((ParsedHead{line, "Host: test\r\n"}.parser().request().target), target);
  }
}

void expect_content_type(std::string_view fields, std::string_view value) {
  ParsedHead head{post, "Host: test\r\n" + std::string{fields}};
  EXPECT_EQ(head.parser().request().content_type, value) << fields;
}

TEST(RequestParser, ShowsTheContentType) {
  expect_content_type("", "");
  expect_content_type("Content-Type: application/json\r\n", "application/json");
  expect_content_type("content-type:\t text/plain; x=y \t\r\n", "text/plain; x=y");
  expect_content_type("Content-Type:\r\n", "");
}

TEST(RequestParser, TakesSeveralContentTypesForNone) {
  constexpr std::string_view json = "Content-Type: application/json\r\n";
  for (const std::string_view other : {"Content-Type: text/plain\r\n", "Content-Type:\r\n"}) {
    expect_content_type(std::string{json}.append(other), "");
    expect_content_type(std::string{other}.append(json), "");
    expect_content_type(std::string{json}.append(other).append(json), "");
  }
}

TEST(RequestParser, KeepsAHeadThatCameInPieces) {
  RequestParser parser{Limits{}.body_bytes};
  const auto parse_and_forget = [&parser](std::string piece) {
    std::string_view input = piece;
    EXPECT_NE(parser.parse(input), RequestParser::Outcome::malformed);
    parser.keep_head();
    std::ranges::fill(piece, '#');
  };
  parse_and_forget("POST /somewhere/else HTTP/1.1\r\n");
  parse_and_forget("Host: test\r\nContent-Type: application/json; charset=utf-8\r\nC");  // "C" is left
  parse_and_forget("Content-Length: 0\r\n\r\n");
  EXPECT_EQ(parser.request().target, "/somewhere/else");
  EXPECT_EQ(parser.request().content_type, "application/json; charset=utf-8");
}

TEST(RequestParser, KnowsWhetherTheClientWantsToKeepTheConnection) {
  const auto kept = [](std::string_view line, std::string_view fields) {
    return ParsedHead{line, "Host: test\r\n" + std::string{fields}}.parser().wants_keep_alive();
  };
  EXPECT_TRUE(kept(post, ""));
  EXPECT_TRUE(kept(post, "Connection: keep-alive\r\n"));
  EXPECT_TRUE(kept(post, "Connection: foo\r\n"));
  EXPECT_FALSE(kept(post, "Connection: close\r\n"));
  EXPECT_FALSE(kept(post, "Connection: Close\r\n"));
  EXPECT_FALSE(kept(post, "Connection: foo, close\r\n"));
  EXPECT_FALSE(kept(post, "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(kept(post, "Connection: close, keep-alive\r\n"));
  EXPECT_FALSE(kept(post_10, ""));
  EXPECT_FALSE(kept(post_10, "Connection: foo\r\n"));
  EXPECT_TRUE(kept(post_10, "Connection: keep-alive\r\n"));
  EXPECT_TRUE(kept(post_10, "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(kept(post_10, "Connection: keep-alive, close\r\n"));
}

TEST(RequestParser, KnowsWhetherTheClientExpectsToBeToldToGoOn) {
  const auto expected = [](std::string_view line, std::string_view fields) {
    return ParsedHead{line, "Host: test\r\n" + std::string{fields}}.parser().expects_continue();
  };
  EXPECT_FALSE(expected(post, ""));
  EXPECT_TRUE(expected(post, "Expect: 100-continue\r\n"));
  EXPECT_TRUE(expected(post, "Expect: 100-Continue\r\n"));
  EXPECT_TRUE(expected(post, "Expect: something, 100-continue\r\n"));
  EXPECT_FALSE(expected(post, "Expect: something\r\n"));
  EXPECT_FALSE(expected(post_10, "Expect: 100-continue\r\n"));  // RFC 9110 section 10.1.1
}

TEST(RequestParser, FindsHostsMissingDoubledAndInvalid) {
  EXPECT_EQ(framing_problem_of(get, "Host: test\r\n"), nullptr);
  EXPECT_EQ(framing_problem_of(get, "Host:\r\n"), &problems::bad_host);
  EXPECT_EQ(framing_problem_of(get, "Host: [::1]:8080\r\n"), nullptr);
  EXPECT_EQ(framing_problem_of(get, ""), &problems::bad_host);
  EXPECT_EQ(framing_problem_of(get, "Host: test\r\nHost: test\r\n"), &problems::bad_host);
  EXPECT_EQ(framing_problem_of(get, "Host: a b\r\n"), &problems::bad_host);
  EXPECT_EQ(framing_problem_of(get, "Host: a/b\r\n"), &problems::bad_host);
  EXPECT_EQ(framing_problem_of(get, "Host: a@b\r\n"), &problems::bad_host);
  EXPECT_EQ(framing_problem_of("GET /health HTTP/1.0", ""), nullptr);
  EXPECT_EQ(framing_problem_of("GET /health HTTP/1.0", "Host: test\r\nHost: test\r\n"), &problems::bad_host);
}

TEST(RequestParser, CountsMoreHostsThanAByteHolds) {
  std::string fields;
  for (int i = 0; i < 257; ++i) {
    fields += "Host: x\r\n";
  }
  EXPECT_EQ(framing_problem_of(get, fields), &problems::bad_host);
}

TEST(RequestParser, FindsTransferCodingsThatAreNotJustChunked) {
  const auto problem = [](std::string_view value) {
    return framing_problem_of(post, "Host: test\r\nTransfer-Encoding: " + std::string{value} + "\r\n");
  };
  EXPECT_EQ(problem("chunked"), nullptr);
  EXPECT_EQ(problem("Chunked"), nullptr);
  EXPECT_EQ(problem("gzip, chunked"), &problems::unknown_coding);
  EXPECT_EQ(problem("gzip"), &problems::bad_framing);
  EXPECT_EQ(problem("identity"), &problems::bad_framing);
  EXPECT_EQ(problem("chunked, gzip"), &problems::bad_framing);
  EXPECT_EQ(problem("chunked, chunked"), &problems::bad_framing);
  EXPECT_EQ(problem("chunked foo"), &problems::bad_framing);
  EXPECT_EQ(problem("chunked;q=1"), &problems::bad_framing);
  EXPECT_EQ(problem("xchunked"), &problems::bad_framing);
  EXPECT_EQ(problem(""), &problems::bad_framing);
  EXPECT_EQ(framing_problem_of(post_10, "Transfer-Encoding: chunked\r\n"), &problems::bad_framing);
}

TEST(RequestParser, TakesFoldedFieldsForErrors) {
  for (const std::string_view fields : {"X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X:\r\n b\r\n", "X: \r\n \r\n", "X: a\r\n \r\n",
                                        "X: a\r\n b\r\n c\r\n", " X: a\r\n", "X: a\r\nContent-Length: 5\r\n 0\r\n"}) {
    EXPECT_TRUE((ParsedHead{get, "Host: test\r\n" + std::string{fields}}.is_malformed())) << fields;
  }
}

}  // namespace
}  // namespace primebench
