#include "primebench/app/order.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace primebench {
namespace {

OrderVerdict verdict_on(std::string_view body) { return OrderCodec{}.read(body); }

/// The response's JSON; empty if there is none.
std::string summary_of(std::string_view body) {
  OrderCodec codec;
  return codec.read(body) == OrderVerdict::whole ? std::string{codec.encode()} : "";
}

std::string order_of(std::string_view items) {
  return std::string{R"({"order":1,"items":[)"}.append(items).append(R"(],"comment":""})");
}

constexpr std::string_view three_items = R"({
  "order": 12,
  "items": [
    {"name": "ab", "value": 5, "tags": ["x", "y"]},
    {"tags": [], "value": -7, "name": "cde"},
    {"name": "fgh", "value": 0, "tags": ["z"]}
  ],
  "comment": "as usual"
})";

TEST(OrderCodec, AddsUpAnOrder) {
  EXPECT_EQ(summary_of(three_items), R"({"order":12,"count":3,"sum":-2,"longest":"cde","tags":3})");
}

TEST(OrderCodec, AddsUpNoItems) {
  EXPECT_EQ(summary_of(order_of("")), R"({"order":1,"count":0,"sum":0,"longest":"","tags":0})");
}

TEST(OrderCodec, TakesKeysInAnyOrder) {
  EXPECT_EQ(summary_of(R"({"comment":"","items":[{"value":3,"tags":["t"],"name":"n"}],"order":-1})"),
            R"({"order":-1,"count":1,"sum":3,"longest":"n","tags":1})");
}

TEST(OrderCodec, TakesTheLongestNameByItsBytesAndRepeatsItAsJson) {
  EXPECT_EQ(summary_of(order_of(R"({"name":"abc","value":0,"tags":[]},{"name":"\u00fc\"","value":0,"tags":[]},)"
                                R"({"name":"\ud83d\ude00","value":0,"tags":[]})")),
            "{\"order\":1,\"count\":3,\"sum\":0,\"longest\":\"\U0001F600\",\"tags\":0}");
  EXPECT_EQ(summary_of(order_of(R"({"name":"a\n\"\\\u0000","value":0,"tags":[]})")),
            R"({"order":1,"count":1,"sum":0,"longest":"a\n\"\\\u0000","tags":0})");
}

TEST(OrderCodec, AddsUpTo64Bits) {
  constexpr std::string_view largest = R"({"name":"","value":9223372036854775807,"tags":[]})";
  constexpr std::string_view smallest = R"({"name":"","value":-9223372036854775808,"tags":[]})";
  constexpr std::string_view minus_one = R"({"name":"","value":-1,"tags":[]})";
  const auto both = [](std::string_view first, std::string_view second) {
    return order_of(std::string{first}.append(",").append(second));
  };
  EXPECT_EQ(summary_of(both(largest, smallest)), R"({"order":1,"count":2,"sum":-1,"longest":"","tags":0})");
  EXPECT_EQ(verdict_on(both(smallest, minus_one)), OrderVerdict::other_shape);
  EXPECT_EQ(verdict_on(order_of(R"({"name":"","value":9223372036854775808,"tags":[]})")), OrderVerdict::other_shape);
}

TEST(OrderCodec, IgnoresOtherKeysWhateverTheirValues) {
  const std::string deep = std::string(5'000, '[') + std::string(5'000, ']');
  for (const std::string& value :
       {std::string{"null"}, std::string{"1e999999"}, std::string(2'000, '9'), deep,
        std::string{R"({"order":"x","items":[{"name":1}],"tags":[[]]})"}, std::string{R"(["name"])"}}) {
    EXPECT_EQ(summary_of(R"({"a":)" + value + R"(,"order":1,"items":[{"b":)" + value + R"(,"name":"n","value":2,"c":)" + value +
                         R"(,"tags":[]}],"comment":"","d":)" + value + "}"),
              R"({"order":1,"count":1,"sum":2,"longest":"n","tags":0})")
        << value.substr(0, 30);
  }
}

TEST(OrderCodec, FindsOtherShapes) {
  for (const std::string_view body : {"[]",
                                      "1",
                                      "null",
                                      R"("order")",
                                      "{}",
                                      R"({"order":1})",
                                      R"({"order":1,"items":[]})",
                                      R"({"items":[],"comment":""})",
                                      R"({"order":1,"comment":""})",
                                      R"({"order":"1","items":[],"comment":""})",
                                      R"({"order":1.0,"items":[],"comment":""})",
                                      R"({"order":1e2,"items":[],"comment":""})",
                                      R"({"order":null,"items":[],"comment":""})",
                                      R"({"order":1e999999,"items":[],"comment":""})",
                                      R"({"order":{"order":1},"items":[],"comment":""})",
                                      R"({"order":1,"items":{},"comment":""})",
                                      R"({"order":1,"items":"","comment":""})",
                                      R"({"order":1,"items":null,"comment":""})",
                                      R"({"order":1,"items":[],"comment":5})",
                                      R"({"order":1,"items":[],"comment":[]})",
                                      R"({"order":1,"items":[],"comment":true})",
                                      R"({"order":1,"order":1,"items":[],"comment":""})",
                                      R"({"order":1,"items":[],"items":[],"comment":""})",
                                      R"({"Order":1,"items":[],"comment":""})",
                                      R"([{"order":1,"items":[],"comment":""}])"}) {
    EXPECT_EQ(verdict_on(body), OrderVerdict::other_shape) << body;
  }
}

TEST(OrderCodec, FindsItemsOfOtherShapes) {
  for (const std::string_view items : {"1",
                                       "null",
                                       R"("name")",
                                       "[]",
                                       "{}",
                                       R"({"name":"n","value":1})",
                                       R"({"name":"n","tags":[]})",
                                       R"({"value":1,"tags":[]})",
                                       R"({"name":1,"value":1,"tags":[]})",
                                       R"({"name":["n"],"value":1,"tags":[]})",
                                       R"({"name":"n","value":"1","tags":[]})",
                                       R"({"name":"n","value":1.5,"tags":[]})",
                                       R"({"name":"n","value":[1],"tags":[]})",
                                       R"({"name":"n","value":1,"tags":"t"})",
                                       R"({"name":"n","value":1,"tags":{}})",
                                       R"({"name":"n","value":1,"tags":[1]})",
                                       R"({"name":"n","value":1,"tags":[null]})",
                                       R"({"name":"n","value":1,"tags":[["t"]]})",
                                       R"({"name":"n","value":1,"tags":[{}]})",
                                       R"({"name":"n","name":"n","value":1,"tags":[]})",
                                       R"({"name":"n","value":1,"tags":[]},7)",
                                       R"({"order":1,"items":[],"comment":""})"}) {
    EXPECT_EQ(verdict_on(order_of(items)), OrderVerdict::other_shape) << items;
  }
}

TEST(OrderCodec, FindsWhatIsNoJsonWhereverItIs) {
  for (std::size_t cut = 0; cut < three_items.size(); ++cut) {
    EXPECT_EQ(verdict_on(three_items.substr(0, cut)), OrderVerdict::malformed) << cut;
  }
  for (const std::string_view after : {"x", ",", "}", "\"", "{}"}) {
    EXPECT_EQ(verdict_on(std::string{three_items}.append(after)), OrderVerdict::malformed) << after;
  }
  EXPECT_EQ(verdict_on(std::string{three_items} + '\0'), OrderVerdict::malformed);
  EXPECT_EQ(verdict_on("{\"order\":1,\"items\":[],\"comment\":\"\xff\"}"), OrderVerdict::malformed);
  EXPECT_EQ(verdict_on(R"([1,])"), OrderVerdict::malformed) << "the shape is looked at only in JSON";
  EXPECT_EQ(verdict_on(R"({"order":"1","items":[],})"), OrderVerdict::malformed);
}

TEST(OrderCodec, RepeatsNoHalfOfASurrogatePair) {
  OrderCodec codec;
  ASSERT_EQ(codec.read(order_of(R"({"name":"\udc00","value":0,"tags":[]})")), OrderVerdict::whole);
  EXPECT_TRUE(codec.encode().empty());
}

TEST(OrderCodec, DoesNotRememberTheOrderBefore) {
  OrderCodec codec;
  for (const std::string_view before : {std::string_view{three_items}, three_items.substr(0, 100), std::string_view{"{}"},
                                        std::string_view{R"({"a":1e999999,"items":[{"name":"long","value":1,"tags":[]}]})"}}) {
    (void)codec.read(before);
    ASSERT_EQ(codec.read(order_of("")), OrderVerdict::whole);
    EXPECT_EQ(codec.encode(), R"({"order":1,"count":0,"sum":0,"longest":"","tags":0})") << before;
  }
}

}  // namespace
}  // namespace primebench
