#include "rows.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>
#include <vector>

#include "file.hpp"

namespace primebench::load {
namespace {

std::vector<Row> written(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::vector<Row> rows;
  Row row{};
  while (in.read(reinterpret_cast<char*>(&row), sizeof row)) {  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
    if (row.end_ns != 0) {
      rows.push_back(row);
    }
  }
  return rows;
}

TEST(RowFile, KeepsEveryRowOfEveryThread) {
  const Folder folder;
  const std::string path = folder.file("rows");
  constexpr std::size_t rows_each = RowFile::rows_in_block * 2 + 10;
  {
    RowFile file{path};
    std::vector<std::jthread> threads;
    threads.reserve(3);
    for (std::int64_t thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&file, thread] {
        RowWriter writer{file};
        for (std::size_t number = 0; number < rows_each; ++number) {
          writer.add({.due_ns = thread,
                      .start_ns = static_cast<std::int64_t>(number),
                      .end_ns = 1,
                      .body_bytes = 2,
                      .status = 200,
                      .kind = 0,
                      .waited = 0});
        }
      });
    }
  }
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  for (const Row& row : written(path)) {
    seen.emplace(row.due_ns, row.start_ns);
  }
  EXPECT_EQ(seen.size(), 3 * rows_each);
  EXPECT_EQ(written(path).size(), 3 * rows_each);
}

TEST(RowFile, RefusesAPlaceThatCannotBeWrittenTo) {
  const Folder folder;
  EXPECT_THROW(RowFile{folder.file("missing/rows")}, std::system_error);
}

}  // namespace
}  // namespace primebench::load
