#include "options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace primebench::load {
namespace {

std::variant<Options, EndAtOnce> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "primebench-load");
  std::vector<char*> pointers;
  pointers.reserve(arguments.size());
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  return parse_options(pointers);
}

TEST(Options, ClosedLoop) {
  const auto parsed = parse({"--port", "80", "--requests", "a", "--rows", "b", "--connections", "7", "--duration-ms", "250"});
  const auto& options = std::get<Options>(parsed);
  EXPECT_EQ(options.connections, 7U);
  EXPECT_EQ(options.duration.count(), 250);
  EXPECT_FALSE(options.rate_per_s);
}

TEST(Options, OpenLoop) {
  const auto parsed = parse({"--unix", "/s", "--requests", "a", "--rows", "b", "--rate", "10.5", "--count", "21"});
  EXPECT_DOUBLE_EQ(*std::get<Options>(parsed).rate_per_s, 10.5);
  EXPECT_EQ(std::get<Options>(parsed).count, 21U);
}

TEST(Options, OneOfSeveral) {
  const auto parsed = parse({"--port", "80", "--requests", "a", "--rows", "b", "--duration-ms", "1", "--parts", "3", "--part",
                             "2", "--start-at-ns", "5000000000"});
  const auto& options = std::get<Options>(parsed);
  EXPECT_EQ(options.parts, 3U);
  EXPECT_EQ(options.part, 2U);
  EXPECT_EQ(options.start_at_ns, 5'000'000'000);
}

TEST(Options, HelpIsNoError) { EXPECT_EQ(std::get<EndAtOnce>(parse({"--help"})).exit_code, 0); }

TEST(Options, RefusesWhatIsMissingOrContradictsItself) {
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"--requests", "a", "--rows", "b", "--duration-ms", "1"},
      {"--port", "80", "--requests", "a", "--rows", "b"},
      {"--port", "80", "--unix", "/s", "--requests", "a", "--rows", "b", "--duration-ms", "1"},
      {"--port", "80", "--requests", "a", "--rows", "b", "--rate", "1"},
      {"--port", "80", "--requests", "a", "--rows", "b", "--rate", "1", "--count", "1", "--duration-ms", "1"},
      {"--port", "80", "--requests", "a", "--rows", "b", "--duration-ms", "0"},
      {"--port", "80", "--requests", "a", "--rows", "b", "--duration-ms", "1", "--ca", "x"},
      {"--port", "80", "--requests", "a", "--rows", "b", "--duration-ms", "1", "--connections", "0"},
      {"--port", "80", "--requests", "a", "--rows", "b", "--duration-ms", "1", "--parts", "2", "--part", "2"},
  };
  for (const auto& arguments : wrong) {
    const auto parsed = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<EndAtOnce>(parsed)) << testing::PrintToString(arguments);
    EXPECT_EQ(std::get<EndAtOnce>(parsed).exit_code, 2);
    EXPECT_EQ(std::get<EndAtOnce>(parsed).text.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace primebench::load
