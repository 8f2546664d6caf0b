#include "handles.h"

#include <sstream>

using namespace cairn;

namespace {

cairn_module* ready(torch::jit::Module module) {
  module.eval();  // dropout and batch statistics have no place in a rollout
  auto handle = std::make_unique<cairn_module>(cairn_module{module, {}});
  for (const auto& method : module.get_methods()) {
    handle->methods.push_back(method);
  }
  return handle.release();
}

const torch::jit::Method& method_of(const cairn_module* m, int32_t method) {
  return m->methods.at(static_cast<size_t>(method));
}

}  // namespace

CAIRN_API int32_t cairn_module_load(const char* path, int32_t device_type, int32_t device_index, cairn_module** out) {
  return guarded([&] { *out = ready(torch::jit::load(std::string(path), device_of(device_type, device_index))); });
}

CAIRN_API int32_t cairn_module_define(const char* name, const char* source, const char* const* buffer_names, cairn_tensor* const* buffers,
                                      int32_t buffer_count, cairn_module** out) {
  return guarded([&] {
    torch::jit::Module module(std::string("__torch__.cairn.") + name);
    for (int32_t i = 0; i < buffer_count; ++i) {
      module.register_buffer(buffer_names[i], buffers[i]->value);
    }
    module.define(source);
    *out = ready(module);
  });
}

CAIRN_API int32_t cairn_module_to(cairn_module* m, int32_t device_type, int32_t device_index, int32_t dtype) {
  return guarded([&] {
    auto device = device_of(device_type, device_index);
    if (dtype < 0) {
      m->value.to(device);
      return;
    }
    m->value.to(device, dtype_of(dtype));
  });
}

CAIRN_API int32_t cairn_module_save(const cairn_module* m, const char* path) {
  return guarded([&] { m->value.save(path); });
}

CAIRN_API int32_t cairn_module_method_count(const cairn_module* m, int32_t* count) {
  return guarded([&] { *count = static_cast<int32_t>(m->methods.size()); });
}

CAIRN_API int32_t cairn_module_method_schema(const cairn_module* m, int32_t method, char* text, int64_t capacity, int64_t* needed) {
  return guarded([&] {
    std::ostringstream schema;
    schema << method_of(m, method).function().getSchema();
    give_text(schema.str(), text, capacity, needed);
  });
}

CAIRN_API int32_t cairn_module_call(const cairn_module* m, int32_t method, cairn_tensor* const* arguments, int32_t count,
                                    cairn_tensor** out) {
  return guarded([&] {
    std::vector<c10::IValue> stack;
    stack.reserve(static_cast<size_t>(count) + 1);
    for (int32_t i = 0; i < count; ++i) {
      stack.emplace_back(arguments[i]->value);
    }
    auto result = method_of(m, method)(std::move(stack));
    if (!result.isTensor()) {
      refuse("Method '" + method_of(m, method).name() + "' returned " + result.tagKind() + "; expected one Tensor.");
    }
    give(result.toTensor(), out);
  });
}

CAIRN_API void cairn_module_free(cairn_module* m) {
  delete m;
}
