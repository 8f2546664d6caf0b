#pragma once
#include <ATen/ATen.h>

namespace cairn {

// From now on, large blocks that are freed are kept for tensors of the same size.
void keep_blocks();

// An unwritten tensor on the CPU.
at::Tensor empty_on_host(at::IntArrayRef shape, at::ScalarType dtype);

}  // namespace cairn
