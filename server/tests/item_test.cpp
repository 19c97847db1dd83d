#include "primebench/app/item.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace primebench {
namespace {

std::string json_of(std::uint32_t id) {
  ItemEncoder encoder;
  return std::string{encoder.encode(Item{id})};
}

TEST(Item, HasTwentyFields) {
  EXPECT_EQ(json_of(7),
            R"({"id":7,"name":"item-7","active":false,"score":1.75,"quantity":7,"price_cents":175,"currency":"EUR",)"
            R"("category":"category-7","sku":"SKU-00000007","tags":["t0","t7","t7"],)"
            R"("dimensions":{"width":7,"height":7,"depth":7},"weight_g":8,"rating":3.5,"reviews":7,"in_stock":true,)"
            R"("supplier":"supplier-2","description":"Item 7: \"quoted\", a back\\slash and a line\nbreak",)"
            "\"note\":\"Z\u00fcrich \u21167\","
            R"("created":1700000007,"next":"/json/8"})");
}

TEST(Item, HoldsTheLongestTextsOfTheLargestId) {
  EXPECT_EQ(json_of(999'999),
            R"({"id":999999,"name":"item-999999","active":false,"score":249999.75,"quantity":999,"price_cents":99975,)"
            R"("currency":"EUR","category":"category-15","sku":"SKU-00999999","tags":["t0","t0","t0"],)"
            R"("dimensions":{"width":99,"height":75,"depth":84},"weight_g":5000,"rating":0.0,"reviews":528,"in_stock":false,)"
            R"("supplier":"supplier-4","description":"Item 999999: \"quoted\", a back\\slash and a line\nbreak",)"
            "\"note\":\"Z\u00fcrich \u2116999999\","
            R"("created":1700999999,"next":"/json/1000000"})");
}

TEST(Item, HasNoSupplierWhereTheIdIsAMultipleOfFive) {
  EXPECT_NE(json_of(5).find(R"("supplier":null,)"), std::string::npos);
  EXPECT_NE(json_of(1'000'000).find(R"("supplier":null,)"), std::string::npos);
}

TEST(Item, IsFollowedByTheFirstAfterTheLast) {
  const std::string json = json_of(1'000'000);
  EXPECT_NE(json.find(R"("sku":"SKU-01000000")"), std::string::npos);
  EXPECT_TRUE(json.ends_with(R"("next":"/json/1"})"));
}

TEST(ItemEncoder, DoesNotRememberTheItemBefore) {
  ItemEncoder encoder;
  (void)encoder.encode(Item{999'999});
  EXPECT_EQ(encoder.encode(Item{7}), json_of(7));
}

TEST(ItemId, IsADecimalNumberFromOneToAMillion) {
  EXPECT_EQ(item_id("1"), 1U);
  EXPECT_EQ(item_id("1000000"), 1'000'000U);
}

TEST(ItemId, IsNothingElse) {
  for (const std::string_view text : {"", "0", "01", "1000001", "4294967297", "99999999999999999999", "-1", "+1", "1.0", "1e3",
                                      "x", "7x", "7/", " 7", "7 ", "0x7", "%37"}) {
    EXPECT_EQ(item_id(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace primebench
