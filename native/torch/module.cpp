#include "handles.h"

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/passes/inliner.h>

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

// A tensor as a restore would make it: C order, aligned, nothing lazy. Kernels choose their path, and with it their rounding, by strides
// and alignment, so that an undisturbed run and a restored one must feed them alike. Almost always the tensor is so already.
at::Tensor plain(const at::Tensor& t) {
  constexpr uintptr_t alignment = 64;
  at::Tensor resolved = t.resolve_conj().resolve_neg().contiguous();
  bool aligned = reinterpret_cast<uintptr_t>(resolved.data_ptr()) % alignment == 0;
  return aligned ? resolved : resolved.clone(at::MemoryFormat::Contiguous);
}

uint32_t version_of(const at::Tensor& t) {
  return t.is_inference() ? 0 : static_cast<uint32_t>(t._version());
}

// Only changes done in place are seen here; the check costs one load.
void expect_unchanged(const torch::jit::Method& method, const std::vector<at::Tensor>& arguments, const std::vector<uint32_t>& versions) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (version_of(arguments[i]) != versions[i]) {
      refuse("Method '" + method.name() + "' changed its argument " + std::to_string(i + 1)
             + " in place; expected a new tensor: write x = x + y rather than x += y, or begin with x = x.clone().");
    }
  }
}

void collect_writes(torch::jit::Block* block, std::vector<std::string>& names) {
  for (torch::jit::Node* node : block->nodes()) {
    if (node->kind() == c10::prim::SetAttr) {
      names.push_back(node->s(c10::attr::name));
    }
    for (torch::jit::Block* inner : node->blocks()) {
      collect_writes(inner, names);
    }
  }
}

at::ScalarType converted(at::ScalarType own, at::ScalarType wanted) {
  if (at::isFloatingType(own)) {
    return wanted;
  }
  return at::isComplexType(own) ? at::toComplexType(wanted) : own;
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
    m->value.to(device_of(device_type, device_index));
    if (dtype < 0) {
      return;
    }
    // Module::to(dtype) would turn integer buffers (indices) and complex ones into real numbers as well.
    auto wanted = dtype_of(dtype);
    auto convert = [&](at::Tensor t) { t.set_data(t.to(converted(t.scalar_type(), wanted))); };
    for (const auto& parameter : m->value.parameters()) {
      convert(parameter);
    }
    for (const auto& buffer : m->value.buffers()) {
      convert(buffer);
    }
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

CAIRN_API int32_t cairn_module_written_attributes(const cairn_module* m, int32_t method, char* text, int64_t capacity, int64_t* needed) {
  return guarded([&] {
    auto graph = torch::jit::toGraphFunction(method_of(m, method).function()).graph()->copy();
    torch::jit::Inline(*graph);
    std::vector<std::string> names;
    collect_writes(graph->block(), names);
    std::string list;
    for (const auto& name : names) {
      list += (list.empty() ? "" : ", ") + name;
    }
    give_text(list, text, capacity, needed);
  });
}

CAIRN_API int32_t cairn_module_call(const cairn_module* m, int32_t method, cairn_tensor* const* arguments, int32_t count,
                                    cairn_tensor** out) {
  return guarded([&] {
    const auto& callee = method_of(m, method);
    std::vector<at::Tensor> given;
    std::vector<uint32_t> versions;
    std::vector<c10::IValue> stack;
    for (int32_t i = 0; i < count; ++i) {
      given.push_back(plain(arguments[i]->value));
      versions.push_back(version_of(given.back()));
      stack.emplace_back(given.back());
    }
    auto result = callee(std::move(stack));
    if (!result.isTensor()) {
      refuse("Method '" + callee.name() + "' returned " + result.tagKind() + "; expected one Tensor.");
    }
    expect_unchanged(callee, given, versions);
    give(plain(result.toTensor()), out);
  });
}

CAIRN_API void cairn_module_free(cairn_module* m) {
  delete m;
}
