// Steps a TorchScript archive in a bare libtorch loop, with the settings of the runtime, and prints milliseconds a step: the yardstick for
// what the runtime adds.
//
//   step_loop ARCHIVE STATE DTYPE SHAPE STEPS THREADS [DEVICE]
//
// STATE is a file of raw C-order values, or - for zeros; DTYPE is float32 or float64; SHAPE is like 4,2,73,144; DEVICE is cpu or cuda:N.
#include <malloc.h>
#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/cuda.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

using Clock = std::chrono::steady_clock;

std::vector<int64_t> parse_shape(const std::string& text) {
  std::vector<int64_t> shape;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    shape.push_back(std::stoll(part));
  }
  return shape;
}

at::Tensor read_state(const std::string& path, at::ScalarType dtype, const std::vector<int64_t>& shape) {
  auto state = at::zeros(shape, dtype);
  if (path == "-") {
    return state;
  }
  auto bytes = static_cast<std::streamsize>(state.numel() * static_cast<int64_t>(state.element_size()));
  std::ifstream file(path, std::ios::binary);
  if (!file.read(static_cast<char*>(state.data_ptr()), bytes)) {
    throw std::runtime_error(path + " holds fewer than the " + std::to_string(bytes) + " bytes of the state.");
  }
  return state;
}

// Those of src/Engine/Torch/TorchRuntime.cs.
void use_settings_of_the_runtime(int threads) {
  auto& context = at::globalContext();
  context.setDeterministicAlgorithms(true, false);
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
  torch::jit::getProfilingMode() = false;
  torch::jit::getExecutorMode() = false;
  torch::jit::setTensorExprFuserEnabled(false);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 16 << 20);
  at::set_num_threads(threads);
}

void finish(const at::Device& device) {
  if (device.is_cuda()) {
    torch::cuda::synchronize(device.index());
  }
}

int run(char** argument) {
  use_settings_of_the_runtime(std::stoi(argument[6]));
  at::NoGradGuard no_grad;
  at::Device device(argument[7] == nullptr ? "cpu" : argument[7]);
  auto dtype = std::string(argument[3]) == "float64" ? at::kDouble : at::kFloat;
  auto module = torch::jit::load(argument[1], device);
  module.eval();
  auto step = module.get_method("step");
  auto state = read_state(argument[2], dtype, parse_shape(argument[4])).to(device);
  long steps = std::stol(argument[5]);
  for (int warm = 0; warm < 10; ++warm) {
    step({state});
  }
  finish(device);
  auto begin = Clock::now();
  for (long i = 0; i < steps; ++i) {
    state = step({state}).toTensor();
  }
  finish(device);
  double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::printf("%ld steps, %.6f ms/step, sum %.17g\n", steps, seconds * 1e3 / static_cast<double>(steps), state.sum().item<double>());
  return 0;
}

}  // namespace

int main(int count, char** argument) {
  if (count < 7 || count > 8) {
    std::cerr << "usage: step_loop ARCHIVE STATE|- float32|float64 SHAPE STEPS THREADS [DEVICE]\n";
    return 2;
  }
  try {
    return run(argument);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}
