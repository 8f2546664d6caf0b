#include "blocks.h"
#include "handles.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <dlfcn.h>
#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#if __has_include(<torch/csrc/jit/codegen/fuser/interface.h>)
#include <torch/csrc/jit/codegen/fuser/interface.h>
#else
// Debian's libtorch exports these, but does not install the header.
namespace torch::jit {
TORCH_API void overrideCanFuseOnCPU(bool value);
TORCH_API void overrideCanFuseOnGPU(bool value);
}  // namespace torch::jit
#endif

using namespace cairn;

namespace {

template <typename Function>
Function symbol(void* library, const char* name) {
  return reinterpret_cast<Function>(dlsym(library, name));
}

// Through the driver's C interface, so that one shim serves CPU-only and CUDA builds of libtorch. Empty when there is no driver.
std::string cuda_device_name(int32_t index) {
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (driver == nullptr) {
    return {};
  }
  auto init = symbol<int (*)(unsigned)>(driver, "cuInit");
  auto get = symbol<int (*)(int*, int)>(driver, "cuDeviceGet");
  auto name = symbol<int (*)(char*, int, int)>(driver, "cuDeviceGetName");
  char text[256] = {};
  int device = 0;
  if (init != nullptr && get != nullptr && name != nullptr && init(0) == 0 && get(&device, index) == 0) {
    name(text, static_cast<int>(sizeof text) - 1, device);
  }
  return text;
}

}  // namespace

CAIRN_API int32_t cairn_use_deterministic_settings(void) {
  return guarded([] {
    // cuBLAS reads this when it first makes a handle; without it, deterministic algorithms refuse every matrix product on a device.
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    auto& context = at::globalContext();
    context.setDeterministicAlgorithms(true, false);
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuDNN(false);
    context.setAllowTF32CuBLAS(false);
    torch::jit::getProfilingMode() = false;
    torch::jit::getExecutorMode() = false;
    torch::jit::overrideCanFuseOnCPU(false);
    torch::jit::overrideCanFuseOnGPU(false);
    torch::jit::setTensorExprFuserEnabled(false);
  });
}

CAIRN_API int32_t cairn_keep_freed_memory(void) {
  return guarded([] {
#ifdef __GLIBC__
    // A step frees and takes the same blocks over and over. By default glibc gives large ones back to the kernel each time, and the page
    // faults that follow cost more than the arithmetic of a small model. 32 MiB is the largest threshold that glibc accepts.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 16 << 20);
#endif
    keep_blocks();
  });
}

CAIRN_API int32_t cairn_set_threads(int32_t count) {
  return guarded([&] {
    if (count < 1) {
      refuse("The number of threads is " + std::to_string(count) + "; expected at least 1.");
    }
    at::set_num_threads(count);
    if (auto openblas = symbol<void (*)(int)>(RTLD_DEFAULT, "openblas_set_num_threads")) {
      openblas(count);
    }
  });
}

CAIRN_API int32_t cairn_get_threads(int32_t* count) {
  return guarded([&] { *count = at::get_num_threads(); });
}

CAIRN_API int32_t cairn_cuda_device_count(int32_t* count) {
  return guarded([&] { *count = torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0; });
}

CAIRN_API int32_t cairn_cuda_device_name(int32_t index, char* text, int64_t capacity, int64_t* needed) {
  return guarded([&] { give_text(cuda_device_name(index), text, capacity, needed); });
}

CAIRN_API int32_t cairn_cuda_synchronize(int32_t index) {
  return guarded([&] { torch::cuda::synchronize(index); });
}

CAIRN_API int32_t cairn_torch_version(char* text, int64_t capacity, int64_t* needed) {
  return guarded([&] { give_text(TORCH_VERSION, text, capacity, needed); });
}

CAIRN_API int32_t cairn_torch_config(char* text, int64_t capacity, int64_t* needed) {
  return guarded([&] { give_text(at::show_config(), text, capacity, needed); });
}

CAIRN_API int32_t cairn_blas_path(char* text, int64_t capacity, int64_t* needed) {
  return guarded([&] {
    Dl_info info{};
    void* dgemm = dlsym(RTLD_DEFAULT, "dgemm_");
    bool found = dgemm != nullptr && dladdr(dgemm, &info) != 0 && info.dli_fname != nullptr;
    give_text(found ? info.dli_fname : "", text, capacity, needed);
  });
}
