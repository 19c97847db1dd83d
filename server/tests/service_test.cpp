#include "primebench/app/service.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "primebench/app/problems.hpp"

namespace primebench {
namespace {

constexpr std::uint32_t max_n = 100;

const Problem* problem_with(std::string_view body) {
  Service service{max_n};
  const auto result = service.read_n(body);
  const auto* const problem = std::get_if<const Problem*>(&result);
  return problem == nullptr ? nullptr : *problem;
}

std::string reply_to(std::string_view body) {
  Service service{max_n};
  const auto result = service.read_n(body);
  const auto* const n = std::get_if<std::uint32_t>(&result);
  return n == nullptr ? "" : std::string{service.calculate(*n).reply.text()};
}

const Problem* problem_of_head(Method method, std::string_view target, std::string_view content_type) {
  return Service{max_n}.check_head({.method = method, .target = target, .content_type = content_type, .body = {}});
}

TEST(ResourceOf, FindsThePaths) {
  EXPECT_EQ(resource_of("/calculate"), Resource::calculate);
  EXPECT_EQ(resource_of("/health"), Resource::health);
  EXPECT_EQ(resource_of("/plaintext"), Resource::plaintext);
  EXPECT_EQ(resource_of("/json"), Resource::orders);
  EXPECT_EQ(resource_of("/json/1"), Resource::item);
  EXPECT_EQ(resource_of("/json/1000000"), Resource::item);
}

TEST(ResourceOf, IgnoresTheQuery) {
  for (const std::string_view target :
       {"/calculate?", "/calculate?x=1", "/calculate??", "/calculate?/health", "/calculate?a?b"}) {
    EXPECT_EQ(resource_of(target), Resource::calculate) << target;
  }
  EXPECT_EQ(resource_of("/health?/calculate"), Resource::health);
  EXPECT_EQ(resource_of("/plaintext?x"), Resource::plaintext);
  EXPECT_EQ(resource_of("/json?/7"), Resource::orders);
  EXPECT_EQ(resource_of("/json/7?/8"), Resource::item);
}

TEST(ResourceOf, ComparesThePathExactly) {
  for (const std::string_view target : {"/",
                                        "",
                                        "/calculate/",
                                        "/Calculate",
                                        "/CALCULATE",
                                        "calculate",
                                        "//calculate",
                                        "/calculate/x",
                                        "/calculat",
                                        "/calculatee",
                                        "/x/calculate",
                                        "/./calculate",
                                        "/%63alculate",
                                        "/calculate;x=1",
                                        "/calculate#x",
                                        "/health/",
                                        "/Health",
                                        "/Plaintext",
                                        "/plaintext/",
                                        "/json/",
                                        "/JSON",
                                        "/json/0",
                                        "/json/x",
                                        "/json/1000001",
                                        "/json/7/",
                                        "/json/?7",
                                        "/jso/7",
                                        "/healthz",
                                        "/x?/calculate",
                                        "?/calculate",
                                        "*",
                                        "test:80"}) {
    EXPECT_EQ(resource_of(target), Resource::unknown) << target;
  }
}

TEST(IsJson, ComparesTheMediaTypeWithoutRegardToCaseAndParameters) {
  for (const std::string_view value :
       {"application/json", "Application/JSON", "APPLICATION/JSON", "application/json; charset=utf-8",
        "application/json;charset=utf-8", "application/json ; q=1", "application/json\t;x", "application/json;"}) {
    EXPECT_TRUE(is_json(value)) << value;
  }
}

TEST(IsJson, IsFalseOfOtherMediaTypes) {
  for (const std::string_view value :
       {"", " ", ";", "text/plain", "application/jsonp", "application/jso", "application/json5", "application", "json",
        "application/problem+json", "text/json", "application/json, text/plain", "application /json", "*/*",
        "text/plain; application/json", "application/x-www-form-urlencoded"}) {
    EXPECT_FALSE(is_json(value)) << value;
  }
}

constexpr std::array<std::string_view, 3> content_types{"", "application/json", "text/plain"};

TEST(ServiceCheckHead, TakesWhatIsRight) {
  EXPECT_EQ(problem_of_head(Method::post, "/calculate", "application/json"), nullptr);
  for (const std::string_view any : content_types) {
    EXPECT_EQ(problem_of_head(Method::get, "/health", any), nullptr);
    EXPECT_EQ(problem_of_head(Method::head, "/health", any), nullptr);
    for (const std::string_view target : {"/plaintext", "/json/7"}) {
      EXPECT_EQ(problem_of_head(Method::get, target, any), nullptr) << target;
      EXPECT_EQ(problem_of_head(Method::head, target, any), nullptr) << target;
    }
  }
  EXPECT_EQ(problem_of_head(Method::post, "/json", "application/json"), nullptr);
}

TEST(ServiceCheckHead, AsksForThePathFirst) {
  for (const Method method : {Method::other, Method::get, Method::head, Method::post}) {
    for (const std::string_view content_type : content_types) {
      EXPECT_EQ(problem_of_head(method, "/", content_type), &problems::not_found);
      EXPECT_EQ(problem_of_head(method, "/json/0", content_type), &problems::not_found);
    }
  }
}

TEST(ServiceCheckHead, AsksForTheMethodNext) {
  for (const std::string_view content_type : content_types) {
    for (const Method method : {Method::other, Method::get, Method::head}) {
      EXPECT_EQ(problem_of_head(method, "/calculate", content_type), &problems::only_post);
      EXPECT_EQ(problem_of_head(method, "/json", content_type), &problems::only_post);
    }
    for (const Method method : {Method::other, Method::post}) {
      EXPECT_EQ(problem_of_head(method, "/health", content_type), &problems::only_get);
      EXPECT_EQ(problem_of_head(method, "/plaintext", content_type), &problems::only_get);
      EXPECT_EQ(problem_of_head(method, "/json/7", content_type), &problems::only_get);
    }
  }
}

TEST(ServiceCheckHead, AsksForTheContentTypeLast) {
  EXPECT_EQ(problem_of_head(Method::post, "/calculate", ""), &problems::not_json);
  EXPECT_EQ(problem_of_head(Method::post, "/calculate", "text/plain"), &problems::not_json);
  EXPECT_EQ(problem_of_head(Method::post, "/json", "text/plain"), &problems::not_json);
}

TEST(ServiceBodyBytesMax, IsMoreForAnOrder) {
  const auto bytes_max = [](std::string_view target, std::uint32_t usual) {
    return Service{max_n}.body_bytes_max({.method = Method::post, .target = target, .content_type = {}, .body = {}}, usual);
  };
  EXPECT_EQ(bytes_max("/calculate", 4'096), 4'096U);
  EXPECT_EQ(bytes_max("/json", 4'096), 65'536U);
  EXPECT_EQ(bytes_max("/json", 100'000), 100'000U) << "what the flag allows all";
}

/// The whole response, which has been given no Date.
std::string response_to(Method method, std::string_view target, std::string_view body = "") {
  Service service{max_n};
  std::string out;
  const ResponseContext context;
  Job job;
  ResponseWriter writer{out, context, job};
  service.handle({.method = method, .target = target, .content_type = {}, .body = body}, writer);
  return out;
}

TEST(ServiceHandle, RespondsWithText) {
  const std::string response = response_to(Method::get, "/plaintext?x=1");
  EXPECT_NE(response.find("\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n"), std::string::npos);
  EXPECT_TRUE(response.ends_with("\r\n\r\nHello, World!"));
}

TEST(ServiceHandle, RespondsWithAnItem) {
  EXPECT_NE(response_to(Method::get, "/json/7?x=8").find(R"({"id":7,"name":"item-7",)"), std::string::npos);
}

TEST(ServiceHandle, RespondsWithASummary) {
  const std::string response = response_to(Method::post, "/json", R"({"order":1,"items":[],"comment":""})");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(response.ends_with(R"({"order":1,"count":0,"sum":0,"longest":"","tags":0})"));
}

TEST(ServiceHandle, SaysWhatIsWrongWithAnOrder) {
  EXPECT_TRUE(response_to(Method::post, "/json", "{").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(response_to(Method::post, "/json", "{}").starts_with("HTTP/1.1 422 "));
  EXPECT_TRUE(response_to(Method::post, "/json", R"({"order":1,"items":[{"name":"\udc00","value":0,"tags":[]}],"comment":""})")
                  .starts_with("HTTP/1.1 400 "));
}

TEST(ServiceCalculate, RepliesFromOneToMaxN) {
  EXPECT_TRUE(reply_to(R"({"n":1})").starts_with(R"({"n":1,"prime":2,"duration":")"));
  EXPECT_TRUE(reply_to(R"({"n":99})").starts_with(R"({"n":99,"prime":523,"duration":")"));
  EXPECT_TRUE(reply_to(R"({"n":100})").starts_with(R"({"n":100,"prime":541,"duration":")"));
}

TEST(ServiceCalculate, RefusesWhatIsOutOfRange) {
  for (const std::string_view body : {R"({"n":0})", R"({"n":-0})", R"({"n":-1})", R"({"n":101})", R"({"n":4294967295})",
                                      R"({"n":4294967297})", R"({"n":18446744073709551617})"}) {
    EXPECT_EQ(problem_with(body), &problems::n_out_of_range) << body;
  }
}

TEST(ServiceCalculate, SaysWhatIsWrongWithTheBody) {
  EXPECT_EQ(problem_with(""), &problems::malformed_json);
  EXPECT_EQ(problem_with("[5]"), &problems::not_an_object);
  EXPECT_EQ(problem_with("{}"), &problems::n_missing);
  EXPECT_EQ(problem_with(R"({"n":"5"})"), &problems::n_not_an_integer);
  EXPECT_EQ(problem_with(R"({"n":5.0})"), &problems::n_not_an_integer);
}

TEST(ServiceCalculate, HoldsEachServiceToItsOwnMaxN) {
  Service narrow{1};
  EXPECT_TRUE(std::holds_alternative<std::uint32_t>(narrow.read_n(R"({"n":1})")));
  EXPECT_TRUE(std::holds_alternative<const Problem*>(narrow.read_n(R"({"n":2})")));
}

TEST(ServiceCalculate, SaysTheTimeThatItsReplySays) {
  const Calculated calculated = Service{max_n}.calculate(100);
  EXPECT_EQ(calculated.reply.text(), (Reply{100, 541, calculated.elapsed}.text()));
}

}  // namespace
}  // namespace primebench
