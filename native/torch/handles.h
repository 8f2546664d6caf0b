// What the opaque handles are, and the one place where C++ exceptions become codes.
#pragma once
#include "cairn_torch.h"

#include <torch/script.h>

#include <memory>
#include <string>
#include <vector>

struct cairn_tensor {
  at::Tensor value;
};

struct cairn_module {
  torch::jit::Module value;
  std::vector<torch::jit::Method> methods;  // looked up once, so that a call costs no search by name
};

struct cairn_generator {
  at::Generator value;
};

namespace cairn {

// Stores the exception that is being handled as this thread's last error and returns its code.
int32_t fault_of_current_exception() noexcept;

[[noreturn]] void refuse(const std::string& message);

at::Device device_of(int32_t type, int32_t index);
at::ScalarType dtype_of(int32_t dtype);

inline at::IntArrayRef shape_of(const int64_t* shape, int32_t rank) {
  return at::IntArrayRef(shape, static_cast<size_t>(rank));
}

inline void give(at::Tensor value, cairn_tensor** out) {
  *out = new cairn_tensor{std::move(value)};
}

std::vector<at::Tensor> list_of(cairn_tensor* const* tensors, int32_t count);

// Copies text with its terminating zero if it fits; needed tells the length without it.
void give_text(const std::string& text, char* destination, int64_t capacity, int64_t* needed);

template <typename Body>
int32_t guarded(Body&& body) noexcept {
  try {
    at::NoGradGuard no_grad;
    body();
    return 0;
  } catch (...) {
    return fault_of_current_exception();
  }
}

}  // namespace cairn
