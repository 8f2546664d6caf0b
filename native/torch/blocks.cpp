#include "blocks.h"

#include <cstdlib>
#include <map>
#include <mutex>
#include <new>

namespace cairn {

namespace {

// Beyond what glibc can be told to keep: such a block goes back to the kernel whenever it is freed, and the page faults of the next one
// of its size cost a step of a million triangles a third of its time.
constexpr size_t kLeast = size_t{32} << 20;
constexpr size_t kMostKept = size_t{1} << 30;
constexpr size_t kAlignment = 64;

struct Kept {
  std::mutex gate;
  std::multimap<size_t, void*> blocks;
  size_t bytes = 0;
  bool enabled = false;
};

// Never destroyed: tensors may outlive everything else at the end of a process.
Kept& kept() {
  static Kept* const all = new Kept;
  return *all;
}

void* take(size_t bytes) {
  {
    Kept& all = kept();
    const std::lock_guard<std::mutex> hold(all.gate);
    const auto found = all.blocks.find(bytes);
    if (found != all.blocks.end()) {
      void* const block = found->second;
      all.blocks.erase(found);
      all.bytes -= bytes;
      return block;
    }
  }
  void* block = nullptr;
  if (posix_memalign(&block, kAlignment, bytes) != 0) {
    throw std::bad_alloc();
  }
  return block;
}

void give_back(void* block, size_t bytes) {
  Kept& all = kept();
  {
    const std::lock_guard<std::mutex> hold(all.gate);
    if (all.enabled && all.bytes + bytes <= kMostKept) {
      all.blocks.emplace(bytes, block);
      all.bytes += bytes;
      return;
    }
  }
  std::free(block);
}

}  // namespace

void keep_blocks() {
  Kept& all = kept();
  const std::lock_guard<std::mutex> hold(all.gate);
  all.enabled = true;
}

at::Tensor empty_on_host(at::IntArrayRef shape, at::ScalarType dtype) {
  const auto options = at::TensorOptions().dtype(dtype);
  size_t bytes = c10::elementSize(dtype);
  bool overflows = false;
  for (const int64_t extent : shape) {
    overflows = overflows || extent < 0 || __builtin_mul_overflow(bytes, static_cast<size_t>(extent), &bytes);
  }
  if (overflows || bytes < kLeast) {
    return at::empty(shape, options);  // which also says what is wrong with a shape
  }
  return at::from_blob(take(bytes), shape, [bytes](void* block) { give_back(block, bytes); }, options);
}

}  // namespace cairn
