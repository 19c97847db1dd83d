#include "primebench/app/service.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

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

const Problem* judged(Resource resource, Method method, ContentType content_type) {
  return Service::judge({.resource = resource, .method = method, .content_type = content_type});
}

TEST(ResourceOf, FindsTheTwoPaths) {
  EXPECT_EQ(resource_of("/calculate"), Resource::calculate);
  EXPECT_EQ(resource_of("/health"), Resource::health);
}

TEST(ResourceOf, IgnoresTheQuery) {
  for (const std::string_view target :
       {"/calculate?", "/calculate?x=1", "/calculate??", "/calculate?/health", "/calculate?a?b"}) {
    EXPECT_EQ(resource_of(target), Resource::calculate) << target;
  }
  EXPECT_EQ(resource_of("/health?/calculate"), Resource::health);
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
                                        "/healthz",
                                        "/x?/calculate",
                                        "?/calculate",
                                        "*",
                                        "test:80"}) {
    EXPECT_EQ(resource_of(target), Resource::unknown) << target;
  }
}

TEST(ContentTypeOf, ComparesTheMediaTypeWithoutRegardToCaseAndParameters) {
  for (const std::string_view value :
       {"application/json", "Application/JSON", "APPLICATION/JSON", "application/json; charset=utf-8",
        "application/json;charset=utf-8", "application/json ; q=1", "application/json\t;x", "application/json;"}) {
    EXPECT_EQ(content_type_of(value), ContentType::json) << value;
  }
}

TEST(ContentTypeOf, TakesOtherMediaTypesForOthers) {
  for (const std::string_view value :
       {"", " ", ";", "text/plain", "application/jsonp", "application/jso", "application/json5", "application", "json",
        "application/problem+json", "text/json", "application/json, text/plain", "application /json", "*/*",
        "text/plain; application/json", "application/x-www-form-urlencoded"}) {
    EXPECT_EQ(content_type_of(value), ContentType::other) << value;
  }
}

TEST(ServiceJudge, TakesWhatIsRight) {
  EXPECT_EQ(judged(Resource::calculate, Method::post, ContentType::json), nullptr);
  for (const ContentType any : {ContentType::absent, ContentType::json, ContentType::other}) {
    EXPECT_EQ(judged(Resource::health, Method::get, any), nullptr);
    EXPECT_EQ(judged(Resource::health, Method::head, any), nullptr);
  }
}

TEST(ServiceJudge, AsksForThePathFirst) {
  for (const Method method : {Method::other, Method::get, Method::head, Method::post}) {
    for (const ContentType content_type : {ContentType::absent, ContentType::json, ContentType::other}) {
      EXPECT_EQ(judged(Resource::unknown, method, content_type), &problems::not_found);
    }
  }
}

TEST(ServiceJudge, AsksForTheMethodNext) {
  for (const ContentType content_type : {ContentType::absent, ContentType::json, ContentType::other}) {
    for (const Method method : {Method::other, Method::get, Method::head}) {
      EXPECT_EQ(judged(Resource::calculate, method, content_type), &problems::only_post);
    }
    for (const Method method : {Method::other, Method::post}) {
      EXPECT_EQ(judged(Resource::health, method, content_type), &problems::only_get);
    }
  }
}

TEST(ServiceJudge, AsksForTheContentTypeLast) {
  EXPECT_EQ(judged(Resource::calculate, Method::post, ContentType::absent), &problems::not_json);
  EXPECT_EQ(judged(Resource::calculate, Method::post, ContentType::other), &problems::not_json);
}

TEST(ServiceCalculate, AnswersFromOneToMaxN) {
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
