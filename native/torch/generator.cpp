#include "handles.h"

#include <ATen/CPUGeneratorImpl.h>

using namespace cairn;

CAIRN_API int32_t cairn_generator_create(uint64_t seed, cairn_generator** out) {
  return guarded([&] { *out = new cairn_generator{at::detail::createCPUGenerator(seed)}; });
}

CAIRN_API int32_t cairn_generator_get_state(const cairn_generator* g, uint8_t* state, int64_t capacity, int64_t* needed) {
  return guarded([&] {
    auto bytes = g->value.get_state().contiguous();
    *needed = bytes.numel();
    if (state != nullptr && capacity >= *needed) {
      std::copy_n(bytes.data_ptr<uint8_t>(), *needed, state);
    }
  });
}

CAIRN_API int32_t cairn_generator_set_state(cairn_generator* g, const uint8_t* state, int64_t count) {
  return guarded([&] {
    auto bytes = at::empty({count}, at::TensorOptions().dtype(at::kByte));
    std::copy_n(state, count, bytes.data_ptr<uint8_t>());
    g->value.set_state(bytes);
  });
}

CAIRN_API int32_t cairn_generator_normal(cairn_generator* g, const int64_t* shape, int32_t rank, int32_t dtype, cairn_tensor** out) {
  return guarded([&] {
    give(at::randn(shape_of(shape, rank), g->value, at::TensorOptions().dtype(dtype_of(dtype))), out);
  });
}

CAIRN_API void cairn_generator_free(cairn_generator* g) {
  delete g;
}
