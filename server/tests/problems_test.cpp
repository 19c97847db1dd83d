#include "primebench/app/problems.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace primebench {
namespace {

const std::vector<Problem> all_problems{
    problems::malformed_request, problems::bad_host,           problems::bad_framing,     problems::malformed_json,
    problems::not_an_object,     problems::not_found,          problems::only_post,       problems::only_get,
    problems::timed_out,         problems::body_too_large,     problems::target_too_long, problems::not_json,
    problems::n_missing,         problems::n_not_an_integer,   problems::n_out_of_range,  problems::head_too_large,
    problems::unknown_coding,    problems::version_not_served, problems::not_an_order};

std::string body_of(const Problem& problem) {
  std::string body;
  append_problem_body(body, problem);
  return body;
}

TEST(Problem, IsAnObjectOfRfc9457) {
  EXPECT_EQ(
      body_of(problems::not_found),
      R"({"title":"Not Found","status":404,"detail":"the paths are /calculate, /health, /plaintext, /json and /json/1 to /json/1000000"})");
  EXPECT_EQ(body_of(problems::n_missing),
            R"({"title":"Unprocessable Content","status":422,"detail":"the object has no key named n"})");
}

TEST(Problem, IsAppended) {
  std::string out = "before";
  append_problem_body(out, {.status = 599, .title = "T", .detail = "D", .allow = ""});
  EXPECT_EQ(out, R"(before{"title":"T","status":599,"detail":"D"})");
}

TEST(Problem, NeedsNoEscapingInJson) {
  for (const Problem& problem : all_problems) {
    for (const std::string_view text : {problem.title, problem.detail, problem.allow}) {
      SCOPED_TRACE(text);
      EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }));
    }
  }
}

TEST(Problem, HasTheReasonPhraseOfItsStatusForATitle) {
  const auto registered = [](int status) -> std::string_view {
    switch (status) {  // RFC 9110 section 15, RFC 6585 section 5
      case 400:
        return "Bad Request";
      case 404:
        return "Not Found";
      case 405:
        return "Method Not Allowed";
      case 408:
        return "Request Timeout";
      case 413:
        return "Content Too Large";
      case 414:
        return "URI Too Long";
      case 415:
        return "Unsupported Media Type";
      case 422:
        return "Unprocessable Content";
      case 431:
        return "Request Header Fields Too Large";
      case 501:
        return "Not Implemented";
      case 505:
        return "HTTP Version Not Supported";
      default:
        return "none";
    }
  };
  for (const Problem& problem : all_problems) {
    EXPECT_EQ(problem.title, registered(problem.status)) << problem.status;
    EXPECT_FALSE(problem.detail.empty()) << problem.status;
  }
}

TEST(Problem, NamesTheMethodsAllowedWhereTheMethodIsWrong) {
  for (const Problem& problem : all_problems) {
    EXPECT_EQ(problem.allow.empty(), problem.status != 405) << problem.detail;
  }
  EXPECT_EQ(problems::only_post.allow, "POST");
  EXPECT_EQ(problems::only_get.allow, "GET, HEAD");
}

}  // namespace
}  // namespace primebench
