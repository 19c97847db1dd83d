#include "requests.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "file.hpp"

namespace primebench::load {
namespace {

template <typename Number>
std::string number(Number value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::string request(std::uint8_t kind, bool is_head, const std::string& bytes) {
  return number(kind) + number(std::uint8_t{is_head}) + number(static_cast<std::uint32_t>(bytes.size())) + bytes;
}

/// Two kinds, two requests, the second of them sent twice.
std::string good(bool begins_again) {
  return "PBREQ001" + number(2U) + number(2U) + number(std::uint64_t{3}) + number(std::uint8_t{begins_again}) +
         number(std::uint8_t{4}) + "read" + number(std::uint8_t{5}) + "write" + request(0, false, "GET / HTTP/1.1\r\n\r\n") +
         request(1, true, "HEAD / HTTP/1.1\r\n\r\n") + number(1U) + number(0U) + number(1U);
}

std::string write(const Folder& folder, const std::string& content) {
  const std::string path = folder.file("requests");
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

TEST(RequestFile, HasRequestsInTheirOrder) {
  const Folder folder;
  const RequestFile file{write(folder, good(false))};
  ASSERT_EQ(file.kinds().size(), 2U);
  EXPECT_EQ(file.kinds()[1], "write");
  EXPECT_EQ(file.at(0)->bytes, "HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(file.at(0)->is_head);
  EXPECT_EQ(file.at(1)->kind, 0);
  EXPECT_EQ(file.at(2), file.at(0));
  EXPECT_EQ(file.at(3), nullptr);
}

TEST(RequestFile, BeginsAgainIfItMay) {
  const Folder folder;
  const RequestFile file{write(folder, good(true))};
  EXPECT_EQ(file.at(3), file.at(0));
  EXPECT_EQ(file.at(301), file.at(1));
}

TEST(RequestFile, RefusesWhatIsNone) {
  const Folder folder;
  const std::string whole = good(false);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_THROW(RequestFile{write(folder, whole.substr(0, size))}, std::runtime_error) << size;
  }
  EXPECT_THROW(RequestFile{write(folder, whole + "x")}, std::runtime_error);
  std::string unknown_request = whole;
  unknown_request[whole.size() - sizeof(std::uint32_t)] = 2;
  EXPECT_THROW(RequestFile{write(folder, unknown_request)}, std::runtime_error);
  EXPECT_THROW(RequestFile{write(folder, "")}, std::system_error);
  EXPECT_THROW(RequestFile{folder.file("missing")}, std::system_error);
}

}  // namespace
}  // namespace primebench::load
