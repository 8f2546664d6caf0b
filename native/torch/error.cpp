#include "handles.h"

#include <torch/csrc/jit/frontend/error_report.h>
#include <torch/csrc/jit/runtime/jit_exception.h>

#include <cstring>
#include <new>

namespace {

thread_local std::string last_error;

bool mentions(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

// The interpreter rethrows what an operator threw as a plain runtime_error, so that only its text still tells a lost device from a bug.
int32_t fault_of_text(const std::string& text, int32_t otherwise) {
  if (mentions(text, "out of memory") || mentions(text, "can't allocate memory") || mentions(text, "CUDNN_STATUS_ALLOC_FAILED")) {
    return CAIRN_FAULT_MEMORY;
  }
  if (mentions(text, "CUDA error") || mentions(text, "CUDA driver error") || mentions(text, "CUBLAS_STATUS_EXECUTION_FAILED")) {
    return CAIRN_FAULT_DEVICE;
  }
  return mentions(text, "TorchScript interpreter") ? CAIRN_FAULT_SCRIPT : otherwise;
}

int32_t remember(const char* text, int32_t otherwise) {
  last_error = text;
  return fault_of_text(last_error, otherwise);
}

}  // namespace

namespace cairn {

int32_t fault_of_current_exception() noexcept {
  try {
    try {
      throw;
    } catch (const torch::jit::ErrorReport& e) {
      return remember(e.what(), CAIRN_FAULT_SCRIPT);
    } catch (const torch::jit::JITException& e) {
      return remember(e.what(), CAIRN_FAULT_SCRIPT);
    } catch (const c10::Error& e) {
      return remember(e.what_without_backtrace(), CAIRN_FAULT_CALL);
    } catch (const std::bad_alloc&) {
      return remember("The host is out of memory.", CAIRN_FAULT_MEMORY);
    } catch (const std::exception& e) {
      return remember(e.what(), CAIRN_FAULT_CALL);
    } catch (...) {
      return remember("libtorch threw something that is no std::exception.", CAIRN_FAULT_CALL);
    }
  } catch (...) {
    return CAIRN_FAULT_MEMORY;  // not even the message could be stored
  }
}

void refuse(const std::string& message) {
  throw std::invalid_argument(message);
}

at::Device device_of(int32_t type, int32_t index) {
  if (type == 0) {
    return at::Device(at::kCPU);
  }
  if (type == 1) {
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
  }
  refuse("Device type " + std::to_string(type) + " is unknown; expected 0 (CPU) or 1 (CUDA).");
}

at::ScalarType dtype_of(int32_t dtype) {
  if (dtype < 0 || dtype >= static_cast<int32_t>(at::ScalarType::NumOptions)) {
    refuse("Element type number " + std::to_string(dtype) + " is unknown to libtorch.");
  }
  return static_cast<at::ScalarType>(dtype);
}

std::vector<at::Tensor> list_of(cairn_tensor* const* tensors, int32_t count) {
  std::vector<at::Tensor> list;
  list.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) {
    list.push_back(tensors[i]->value);
  }
  return list;
}

void give_text(const std::string& text, char* destination, int64_t capacity, int64_t* needed) {
  *needed = static_cast<int64_t>(text.size());
  if (destination != nullptr && capacity > *needed) {
    std::memcpy(destination, text.c_str(), text.size() + 1);
  }
}

}  // namespace cairn

CAIRN_API int32_t cairn_torch_abi(void) {
  return CAIRN_TORCH_ABI;
}

CAIRN_API const char* cairn_last_error(void) {
  return last_error.c_str();
}
