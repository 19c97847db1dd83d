#include "options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace primebench {
namespace {

using std::chrono_literals::operator""s;
using Arguments = std::vector<const char*>;

std::variant<Options, EndAtOnce> parse(const Arguments& arguments) {
  Arguments with_program{"primebench-cpp"};
  with_program.insert(with_program.end(), arguments.begin(), arguments.end());
  return parse_options(with_program);
}

Options options_of(const Arguments& arguments) {
  const auto parsed = parse(arguments);
  const auto* const end = std::get_if<EndAtOnce>(&parsed);
  EXPECT_EQ(end, nullptr) << end->text;
  return end == nullptr ? std::get<Options>(parsed) : Options{};
}

/// A usage error that names the flag, in one line.
void expect_refused(const Arguments& arguments, std::string_view named) {
  SCOPED_TRACE(testing::PrintToString(arguments));
  const auto parsed = parse(arguments);
  const auto* const end = std::get_if<EndAtOnce>(&parsed);
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(end->exit_code, 2);
  EXPECT_NE(end->text.find(named), std::string::npos) << end->text;
  EXPECT_TRUE(std::ranges::none_of(end->text, [](char c) { return c == '\n' || c == '\r' || c == '\x1b'; })) << end->text;
}

TEST(Options, HaveTheContractsDefaults) {
  const Options options = options_of({});
  EXPECT_EQ(options.host.to_string(), "127.0.0.1");
  EXPECT_EQ(options.port, 8'080);
  EXPECT_GE(options.threads, 1U);
  EXPECT_LE(options.threads, 1'024U);
  EXPECT_EQ(options.max_n, 100'000U);
}

TEST(Options, AreTakenFromTheCommandLine) {
  const Options options = options_of({"--host", "0.0.0.0", "--port", "1234", "--threads", "3", "--max-n", "5000"});
  EXPECT_EQ(options.host.to_string(), "0.0.0.0");
  EXPECT_EQ(options.port, 1'234);
  EXPECT_EQ(options.threads, 3U);
  EXPECT_EQ(options.max_n, 5'000U);
}

TEST(Options, GrantWhatTheContractGrants) {
  const Options options = options_of({});
  const Limits& limits = options.limits;
  EXPECT_EQ(limits.header_bytes, 8'192U);
  EXPECT_EQ(limits.body_bytes, 4'096U);
  EXPECT_EQ(limits.requests, 0U);
  EXPECT_EQ(limits.header_timeout, 5s);
  EXPECT_EQ(limits.body_timeout, 5s);
  EXPECT_EQ(limits.idle_timeout, 60s);
  EXPECT_EQ(options.write_timeout, 10s);
}

TEST(Options, SetEveryLimit) {
  const Options options = options_of({"--max-connections", "7", "--max-header-bytes", "256", "--max-body-bytes", "32",
                                      "--max-requests", "9", "--header-timeout", "1", "--body-timeout", "2", "--idle-timeout",
                                      "3", "--write-timeout", "4", "--offload", "5"});
  EXPECT_EQ(options.max_connections, 7U);
  EXPECT_EQ(options.limits.header_bytes, 256U);
  EXPECT_EQ(options.limits.body_bytes, 32U);
  EXPECT_EQ(options.limits.requests, 9U);
  EXPECT_EQ(options.limits.header_timeout, 1s);
  EXPECT_EQ(options.limits.body_timeout, 2s);
  EXPECT_EQ(options.limits.idle_timeout, 3s);
  EXPECT_EQ(options.write_timeout, 4s);
  EXPECT_EQ(options.offload, 5U);
}

TEST(Options, ShowEveryDefaultInTheHelp) {
  const auto parsed = parse({"--help"});
  const auto& text = std::get<EndAtOnce>(parsed).text;
  for (const std::string_view shown : {"=127.0.0.1\n", "=8080 ", "=100000 ", "=reference ", "=16384\n", "=8192\n", "=4096\n"}) {
    EXPECT_NE(text.find(shown), std::string::npos) << shown << " in\n" << text;
  }
}

TEST(Options, MayBeGivenWithAnEqualsSign) { EXPECT_EQ(options_of({"--port=1234"}).port, 1'234); }

TEST(Options, TakeIpv6) {
  EXPECT_EQ(options_of({"--host", "::1"}).host.to_string(), "::1");
  EXPECT_EQ(options_of({"--host", "::"}).host.to_string(), "::");
}

TEST(Options, TakeTheEndsOfTheirRanges) {
  EXPECT_EQ(options_of({"--port", "0"}).port, 0);
  EXPECT_EQ(options_of({"--port", "65535"}).port, 65'535);
  EXPECT_EQ(options_of({"--threads", "1"}).threads, 1U);
  EXPECT_EQ(options_of({"--threads", "1024"}).threads, 1'024U);
  EXPECT_EQ(options_of({"--max-n", "1"}).max_n, 1U);
  EXPECT_EQ(options_of({"--max-n", "10000000"}).max_n, 10'000'000U);
}

TEST(Options, RefuseWhatIsBeyondTheirRanges) {
  expect_refused({"--port", "65536"}, "--port");
  expect_refused({"--port", "4294967296"}, "--port");
  expect_refused({"--port", "99999999999999999999"}, "--port");
  expect_refused({"--threads", "0"}, "--threads");
  expect_refused({"--threads", "1025"}, "--threads");
  expect_refused({"--max-n", "0"}, "--max-n");
  expect_refused({"--max-n", "10000001"}, "--max-n");
}

TEST(Options, RefuseWhatIsNoPlainDecimalNumber) {
  for (const char* const flag : {"--port", "--threads", "--max-n"}) {
    for (const char* const value : {"0x50", "-1", "+1", "1.5", "1e3", " 5", "5 ", "5x", "", "five"}) {
      expect_refused({flag, value}, flag);
    }
  }
}

TEST(Options, ReadALeadingZeroAsDecimal) { EXPECT_EQ(options_of({"--port", "010"}).port, 10); }

TEST(Options, RefuseAHostThatIsNoAddress) {
  for (const char* const value :
       {"localhost", "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4:80", "[::1]", "http://127.0.0.1"}) {
    expect_refused({"--host", value}, "--host");
  }
}

TEST(Options, RefuseWhatTheyDoNotKnow) {
  expect_refused({"--bogus"}, "--bogus");
  expect_refused({"--bogus=5"}, "--bogus");
  expect_refused({"--prot", "8080"}, "--prot");
  expect_refused({"8080"}, "8080");
  expect_refused({"-p", "8080"}, "-p");
}

TEST(Options, RefuseAFlagWithoutItsValue) {
  for (const char* const flag : {"--host", "--port", "--threads", "--max-n"}) {
    expect_refused({flag}, flag);
  }
}

TEST(Options, ServeTheReferenceTierUnlessAskedForTheTuned) {
  EXPECT_EQ(options_of({}).tuned, nullptr);
  EXPECT_EQ(options_of({"--instruction-set", "portable"}).tuned, nullptr);
  EXPECT_EQ(options_of({"--tier", "tuned"}).tuned->instruction_set, fastest_tuned().instruction_set);
  EXPECT_EQ(options_of({"--tier", "tuned", "--instruction-set", "portable"}).tuned->instruction_set, "portable");
}

TEST(Options, TakeTheInstructionSetsThatThisProcessorHas) {
  for (const TunedImplementation& one : tuned_implementations()) {
    const std::string name{one.instruction_set};
    if (one.supported) {
      EXPECT_EQ(options_of({"--tier", "tuned", "--instruction-set", name.c_str()}).tuned->instruction_set, name);
    } else {
      expect_refused({"--tier", "tuned", "--instruction-set", name.c_str()}, "has no " + name);
    }
  }
  expect_refused({"--tier", "tuned", "--instruction-set", "mmx"}, "expected fastest");
}

TEST(Options, ComplainInOneLineWhateverTheArgumentHolds) {
  expect_refused({"--port", "80\n90"}, "--port");
  expect_refused({"--bogus\r\nx"}, "--bogus");
  expect_refused({"--host", "\x1b[31mred"}, "--host");
  expect_refused({"x\ny"}, "x y");
}

TEST(Options, ExplainThemselvesWhenAskedForHelp) {
  for (const Arguments& arguments : {Arguments{"--help"}, Arguments{"--port", "1", "--help"}}) {
    const auto parsed = parse(arguments);
    const auto* const end = std::get_if<EndAtOnce>(&parsed);
    ASSERT_NE(end, nullptr);
    EXPECT_EQ(end->exit_code, 0);
    for (const std::string_view flag : {"--host", "--port", "--threads", "--max-n", "--help"}) {
      EXPECT_NE(end->text.find(flag), std::string::npos) << flag;
    }
  }
}

}  // namespace
}  // namespace primebench
