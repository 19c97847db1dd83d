#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "documents.hpp"
#include "duration.hpp"
#include "prime.hpp"
#include "settings.hpp"

namespace {

using nlohmann::json;

template <typename Work>
int status_of(const Work& work) {
  try {
    work();
  } catch (const Problem& problem) {
    EXPECT_EQ(json::parse(problem.body())["status"], problem.status());
    return problem.status();
  }
  return 200;
}

int calculated(const std::string& body) {
  return status_of([&] { calculate(body, 100'000); });
}

int ordered(const std::string& body) {
  return status_of([&] { order(body); });
}

TEST(Prime, IsCountedFromOne) {
  EXPECT_EQ(nth_prime(1), 2U);
  EXPECT_EQ(nth_prime(10), 29U);
  EXPECT_EQ(nth_prime(10'000), 104'729U);
}

TEST(Duration, IsAsGoPrintsIt) {
  const std::vector<std::pair<long long, std::string>> cases{
      {0, "0s"}, {417, "417ns"}, {1'500, "1.5µs"}, {1'000'001, "1.000001ms"}, {10'000'000, "10ms"}, {1'204'000'000, "1.204s"}};
  for (const auto& [count, text] : cases) EXPECT_EQ(go_duration(std::chrono::nanoseconds(count)), text);
}

TEST(Calculate, TakesIntegersInRange) {
  const std::string deep = std::string(2'000, '[') + std::string(2'000, ']');
  for (const std::string& body :
       {std::string(R"({"n":10})"), std::string(R"( {"\u006e" : 10, "N": 5} )"), R"({"n":10,"x":)" + deep + "}"}) {
    EXPECT_EQ(json::parse(calculate(body, 100'000))["prime"], 29) << body;
  }
}

TEST(Calculate, RefusesWhatIsNoJsonObject) {
  for (const std::string body :
       {"", "{", "[10]", "null", R"({"n":10,})", R"({"n":010})", R"({"n":10} x)", "{\"n\":10,\"x\":\"\xff\"}"}) {
    EXPECT_EQ(calculated(body), 400) << body;
  }
  EXPECT_EQ(calculated(std::string("{\"n\":10}\0", 9)), 400);
}

TEST(Calculate, RefusesWhatIsNoIntegerInRange) {
  for (const std::string n :
       {"0", "-0", "-1", "1.0", "1e1", "null", "\"10\"", "[]", "100001", "4294967306", "18446744073709551626"}) {
    EXPECT_EQ(calculated(R"({"n":)" + n + "}"), 422) << n;
  }
  EXPECT_EQ(calculated(R"({"N":10})"), 422);
}

TEST(Item, IsThatOfTheTask) {
  const std::string seven =
      R"({"id":7,"name":"item-7","active":false,"score":1.75,"quantity":7,"price_cents":175,"currency":"EUR","category":"category-7",)"
      R"("sku":"SKU-00000007","tags":["t0","t7","t7"],"dimensions":{"width":7,"height":7,"depth":7},"weight_g":8,"rating":3.5,)"
      R"("reviews":7,"in_stock":true,"supplier":"supplier-2","description":"Item 7: \"quoted\", a back\\slash and a line\nbreak",)"
      R"("note":"Zürich №7","created":1700000007,"next":"/json/8"})";
  EXPECT_EQ(item("7"), seven);
  const json last = json::parse(item("1000000"));
  EXPECT_EQ(last["next"], "/json/1");
  EXPECT_EQ(last["score"], 250'000);
  EXPECT_TRUE(last["supplier"].is_null());
  for (const char* text : {"", "0", "-1", "+1", "1000001", "18446744073709551617", "x", "1x", "1.0", " 1"}) {
    EXPECT_EQ(status_of([&] { item(text); }), 404) << text;
  }
}

TEST(Order, IsAddedUp) {
  const json totals = json::parse(order(R"({"order":5,"comment":"","items":[{"name":"ab","value":4294967296,"tags":["x","y"]},
      {"name":"№","value":-1,"tags":[]},{"name":"abc","value":3,"tags":["z"],"more":1}]})"));
  EXPECT_EQ(totals, json::parse(R"({"order":5,"count":3,"sum":4294967298,"longest":"№","tags":3})"));
}

TEST(Order, RefusesWhatIsNone) {
  for (const std::string body : {"", "{", R"({"order":1,})"}) EXPECT_EQ(ordered(body), 400) << body;
  for (const std::string body :
       {"null", "[1,2,3]", "7", "{}", R"({"order":"1","items":[],"comment":""})", R"({"order":1.5,"items":[],"comment":""})",
        R"({"order":1,"items":{},"comment":""})", R"({"order":1,"items":[]})", R"({"order":1,"items":[null],"comment":""})",
        R"({"order":1,"items":[{"name":"a","value":1}],"comment":""})",
        R"({"order":1,"items":[{"name":1,"value":1,"tags":[]}],"comment":""})",
        R"({"order":1,"items":[{"name":"a","value":1,"tags":[null]}],"comment":""})"}) {
    EXPECT_EQ(ordered(body), 422) << body;
  }
}

TEST(Settings, AreReadAndRefusedInOneLine) {
  const std::vector<const char*> flags{"--host", "::1", "--port", "0", "--threads", "8", "--threads", "2", "--max-n", "10"};
  const auto settings = read_settings(flags);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->host, "::1");
  EXPECT_EQ(settings->port, 0);
  EXPECT_EQ(settings->threads, 2);
  EXPECT_EQ(settings->max_n, 10U);
  EXPECT_FALSE(read_settings(std::vector<const char*>{"--help"}));
  for (const std::vector<const char*>& wrong : std::vector<std::vector<const char*>>{{"--bogus\nx"},
                                                                                     {"x"},
                                                                                     {"--port"},
                                                                                     {"--port", "65536"},
                                                                                     {"--threads", "0"},
                                                                                     {"--max-n", "1e3"},
                                                                                     {"--host", "localhost"}}) {
    try {
      read_settings(wrong);
      ADD_FAILURE() << wrong.front() << " is taken";
    } catch (const Refused& refused) {
      EXPECT_EQ(std::string(refused.what()).find('\n'), std::string::npos);
    }
  }
}

}  // namespace
