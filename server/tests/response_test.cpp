#include "primebench/http/response.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primebench {
namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(Response, SaysOkWithJson) {
  std::string out;
  append_ok(out, {.date = date}, R"({"status":"ok"})");
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 15\r\n"
            "\r\n"
            "{\"status\":\"ok\"}");
}

TEST(Response, SaysOkWithText) {
  std::string out;
  append_text(out, {.date = date}, "hello");
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain\r\n"
            "Content-Length: 5\r\n"
            "\r\n"
            "hello");
}

TEST(Response, SaysAProblem) {
  std::string out;
  append_problem(out, {.date = date}, {.status = 404, .title = "Not Found", .detail = "no", .allow = ""});
  EXPECT_EQ(out,
            "HTTP/1.1 404 Not Found\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/problem+json\r\n"
            "Content-Length: 48\r\n"
            "\r\n"
            "{\"title\":\"Not Found\",\"status\":404,\"detail\":\"no\"}");
}

TEST(Response, SaysWhichMethodsAreAllowed) {
  std::string out;
  append_problem(out, {.date = date}, {.status = 405, .title = "T", .detail = "D", .allow = "GET, HEAD"});
  EXPECT_EQ(out,
            "HTTP/1.1 405 T\r\n"
            "Allow: GET, HEAD\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/problem+json\r\n"
            "Content-Length: 39\r\n"
            "\r\n"
            "{\"title\":\"T\",\"status\":405,\"detail\":\"D\"}");
}

TEST(Response, SaysThatTheConnectionCloses) {
  std::string out;
  append_ok(out, {.date = date, .persistence = Persistence::close}, "{}");
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n"
            "Connection: close\r\n"
            "\r\n"
            "{}");
}

TEST(Response, SaysThatTheConnectionStaysOpen) {
  std::string out;
  append_ok(out, {.date = date, .persistence = Persistence::keep_alive}, "{}");
  EXPECT_NE(out.find("\r\nConnection: keep-alive\r\n"), std::string::npos);
}

TEST(Response, ToHeadHasTheHeaderOfGetAndNoContent) {
  std::string to_get;
  append_ok(to_get, {.date = date}, R"({"status":"ok"})");
  std::string to_head;
  append_ok(to_head, {.date = date, .omit_content = true}, R"({"status":"ok"})");
  EXPECT_EQ(to_head + R"({"status":"ok"})", to_get);
}

TEST(Response, IsAppended) {
  std::string out = "before";
  append_ok(out, {.date = date}, "{}");
  append_problem(out, {.date = date}, {.status = 404, .title = "T", .detail = "D", .allow = ""});
  EXPECT_TRUE(out.starts_with("beforeHTTP/1.1 200 OK\r\n"));
  EXPECT_NE(out.find("\r\n\r\n{}HTTP/1.1 404 T\r\n"), std::string::npos);
}

}  // namespace
}  // namespace primebench
