// The committed corpus under the properties that the fuzz targets check: every build and every sanitizer runs it.

#include "corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "json_property.hpp"
#include "request_property.hpp"
#include "violation.hpp"

namespace primebench {
namespace {

struct CorpusFile {
  std::string name;
  std::string bytes;
};

std::vector<CorpusFile> corpus(const std::string& target) {
  std::vector<CorpusFile> files;
  for (const auto& entry : std::filesystem::directory_iterator{std::string{corpus_folder} + "/" + target}) {
    std::ifstream in{entry.path(), std::ios::binary};
    files.push_back({.name = entry.path().filename().string(), .bytes{std::istreambuf_iterator<char>{in}, {}}});
    EXPECT_TRUE(in) << entry.path();
  }
  std::ranges::sort(files, {}, &CorpusFile::name);
  EXPECT_GT(files.size(), 20U);
  return files;
}

void expect_to_hold(void (*check)(std::string_view), const CorpusFile& file) {
  try {
    check(file.bytes);
  } catch (const Violation& violation) {
    ADD_FAILURE() << file.name << ": " << violation.what();
  }
}

TEST(Corpus, HoldsForRequests) {
  for (const CorpusFile& file : corpus("request")) {
    expect_to_hold(check_request, file);
  }
}

TEST(Corpus, HoldsForBodies) {
  for (const CorpusFile& file : corpus("json")) {
    expect_to_hold(check_json, file);
  }
}

/// As a fuzzer would find it: inputs cut short are inputs, too.
TEST(Corpus, HoldsForRequestsCutShort) {
  for (const CorpusFile& file : corpus("request")) {
    const std::size_t size = std::min<std::size_t>(file.bytes.size(), 300);
    for (std::size_t end = 0; end < size; end += 7) {
      expect_to_hold(check_request, {.name = file.name, .bytes = file.bytes.substr(0, end)});
    }
  }
}

TEST(Corpus, HoldsForBodiesCutShort) {
  for (const CorpusFile& file : corpus("json")) {
    const std::size_t size = std::min<std::size_t>(file.bytes.size(), 300);
    for (std::size_t end = 0; end < size; ++end) {
      expect_to_hold(check_json, {.name = file.name, .bytes = file.bytes.substr(0, end)});
    }
  }
}

}  // namespace
}  // namespace primebench
