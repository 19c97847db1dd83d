#include "schedule.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>

#include "file.hpp"

namespace primebench::load {
namespace {

/// One request, once.
std::string one_request(const Folder& folder, bool begins_again) {
  std::string content{"PBREQ001"};
  const auto add = [&content](auto value) { content.append(reinterpret_cast<const char*>(&value), sizeof value); };  // NOLINT
  add(std::uint32_t{1});
  add(std::uint32_t{1});
  add(std::uint64_t{1});
  add(std::uint8_t{begins_again});
  content += std::string{"\x01x", 2};
  add(std::uint8_t{0});
  add(std::uint8_t{0});
  add(std::uint32_t{1});
  content += 'G';
  add(std::uint32_t{0});
  const std::string path = folder.file("requests");
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

TEST(Schedule, AClosedLoopIsOverWithItsTime) {
  const Folder folder;
  const RequestFile requests{one_request(folder, true)};
  Options options;
  options.duration = std::chrono::milliseconds{1};
  Schedule schedule{options, requests, 1'000};
  EXPECT_EQ(schedule.next(5'000)->due_ns, 5'000);
  EXPECT_TRUE(schedule.next(1'000'999));
  EXPECT_FALSE(schedule.next(1'001'000));
  EXPECT_FALSE(schedule.ran_out());
}

TEST(Schedule, AnOpenLoopIsDueByItsRateAndOverWithItsCount) {
  const Folder folder;
  const RequestFile requests{one_request(folder, true)};
  Options options;
  options.rate_per_s = 1'000.0;
  options.count = 3;
  Schedule schedule{options, requests, 500};
  EXPECT_EQ(schedule.next(0)->due_ns, 500);
  EXPECT_EQ(schedule.next(0)->due_ns, 1'000'500);
  EXPECT_EQ(schedule.next(0)->due_ns, 2'000'500);
  EXPECT_FALSE(schedule.next(0));
}

TEST(Schedule, PartsOfAnOpenLoopAreTogetherWhatOneWouldBe) {
  const Folder folder;
  const RequestFile requests{one_request(folder, true)};
  Options options;
  options.rate_per_s = 1'000.0;
  options.count = 5;
  options.parts = 2;
  Schedule first{options, requests, 500};
  options.part = 1;
  Schedule second{options, requests, 500};
  for (const std::int64_t due_ns : {500, 2'000'500, 4'000'500}) {
    EXPECT_EQ(first.next(0)->due_ns, due_ns);
  }
  EXPECT_FALSE(first.next(0));
  for (const std::int64_t due_ns : {1'000'500, 3'000'500}) {
    EXPECT_EQ(second.next(0)->due_ns, due_ns);
  }
  EXPECT_FALSE(second.next(0));
}

TEST(Schedule, SaysThatRequestsRanOut) {
  const Folder folder;
  const RequestFile requests{one_request(folder, false)};
  Options options;
  options.duration = std::chrono::milliseconds{1};
  Schedule schedule{options, requests, 0};
  EXPECT_TRUE(schedule.next(0));
  EXPECT_FALSE(schedule.ran_out());
  EXPECT_FALSE(schedule.next(0));
  EXPECT_TRUE(schedule.ran_out());
}

}  // namespace
}  // namespace primebench::load
