#include "allocation_count.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

primebench::AllocationCount total;  // NOLINT(*-non-const-global-variables): operator new has no other place

void* counted(void* memory, std::size_t size) noexcept {
  if (memory != nullptr) {
    ++total.made;
    total.bytes += static_cast<std::int64_t>(size);
    ++total.live;
  }
  return memory;
}

}  // namespace

namespace primebench {

AllocationCount allocation_count() noexcept { return total; }

}  // namespace primebench

// The linker's --wrap sends the program's own calls here, RapidJSON's among them. Those of the C++ library's operator new
// are made elsewhere: hence the operators below. The names are the linker's.
// NOLINTBEGIN
extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* memory, std::size_t size);
void __real_free(void* memory);

void* __wrap_malloc(std::size_t size) { return counted(__real_malloc(size), size); }

void* __wrap_calloc(std::size_t count, std::size_t size) { return counted(__real_calloc(count, size), count * size); }

void* __wrap_realloc(void* memory, std::size_t size) {
  if (memory == nullptr) {
    return counted(__real_realloc(nullptr, size), size);
  }
  total.bytes += static_cast<std::int64_t>(size);
  ++total.made;  // a new place for the same memory: as many live as before
  return __real_realloc(memory, size);
}

void __wrap_free(void* memory) {
  if (memory != nullptr) {
    --total.live;
  }
  __real_free(memory);
}
}
// NOLINTEND

// NOLINTBEGIN(*-no-malloc,*-owning-memory)
void* operator new(std::size_t size) {
  if (void* const memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
// NOLINTEND(*-no-malloc,*-owning-memory)
