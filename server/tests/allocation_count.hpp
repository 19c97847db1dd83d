#pragma once

#include <cstdint>

namespace primebench {

/// Of the whole program so far, by operator new and by malloc, calloc and realloc.
struct AllocationCount {
  std::int64_t made = 0;
  std::int64_t bytes = 0;  ///< asked for by those
  std::int64_t live = 0;   ///< made and not yet given back
};

AllocationCount allocation_count() noexcept;

}  // namespace primebench
