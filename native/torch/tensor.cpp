#include "blocks.h"
#include "handles.h"

#include <cmath>
#include <limits>

using namespace cairn;

namespace {

int64_t bytes_of(const at::Tensor& t) {
  return t.numel() * static_cast<int64_t>(t.element_size());
}

void expect_bytes(const char* what, int64_t found, int64_t expected) {
  if (found != expected) {
    refuse(std::string(what) + " has " + std::to_string(found) + " bytes; the tensor has " + std::to_string(expected) + ".");
  }
}

// A flat integer view of the bits. view(dtype) needs contiguous memory.
at::Tensor bits_of(const at::Tensor& t) {
  return t.contiguous().resolve_conj().resolve_neg().reshape({-1}).view(at::kByte);
}

bool same_layout(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.device() == b.device() && a.sizes() == b.sizes();
}

// Real numbers that aminmax can order, with the leading axes kept and all others made one.
at::Tensor orderable(const at::Tensor& t, int32_t leading) {
  at::Tensor real = t.is_complex() ? at::view_as_real(t.resolve_conj()) : t;
  if (real.scalar_type() == at::kBool) {
    real = real.to(at::kByte);
  }
  int64_t count = 1;
  for (int32_t i = 0; i < leading; ++i) {
    count *= t.size(i);
  }
  return real.reshape({count, count == 0 ? 0 : real.numel() / count});
}

}  // namespace

CAIRN_API int32_t cairn_tensor_from_bytes(const void* bytes, int64_t count, int32_t dtype, const int64_t* shape, int32_t rank,
                                          int32_t device_type, int32_t device_index, cairn_tensor** out) {
  return guarded([&] {
    auto host = at::empty(shape_of(shape, rank), at::TensorOptions().dtype(dtype_of(dtype)));
    expect_bytes("The given memory", count, bytes_of(host));
    if (count > 0) {
      std::memcpy(host.data_ptr(), bytes, static_cast<size_t>(count));
    }
    give(host.to(device_of(device_type, device_index)), out);
  });
}

CAIRN_API int32_t cairn_tensor_full(double value, int32_t dtype, const int64_t* shape, int32_t rank, int32_t device_type,
                                    int32_t device_index, cairn_tensor** out) {
  return guarded([&] {
    auto options = at::TensorOptions().dtype(dtype_of(dtype)).device(device_of(device_type, device_index));
    give(at::full(shape_of(shape, rank), value, options), out);
  });
}

CAIRN_API int32_t cairn_tensor_empty(int32_t dtype, const int64_t* shape, int32_t rank, cairn_tensor** out) {
  return guarded([&] { give(empty_on_host(shape_of(shape, rank), dtype_of(dtype)), out); });
}

CAIRN_API int32_t cairn_tensor_data(const cairn_tensor* t, void** data) {
  return guarded([&] {
    if (!t->value.device().is_cpu() || !t->value.is_contiguous() || t->value.is_conj() || t->value.is_neg()) {
      refuse("The elements of a tensor can be read in place only on the CPU and in C order; move or clone it first.");
    }
    *data = t->value.data_ptr();
  });
}

CAIRN_API int32_t cairn_tensor_copy_to(const cairn_tensor* t, void* destination, int64_t count) {
  return guarded([&] {
    const at::Tensor& source = t->value;
    expect_bytes("The destination", count, bytes_of(source));
    if (count > 0) {
      at::from_blob(destination, source.sizes(), at::TensorOptions().dtype(source.scalar_type())).copy_(source);
    }
  });
}

CAIRN_API int32_t cairn_tensor_info(const cairn_tensor* t, int32_t* dtype, int32_t* device_type, int32_t* device_index, int32_t* rank) {
  return guarded([&] {
    *dtype = static_cast<int32_t>(t->value.scalar_type());
    *device_type = static_cast<int32_t>(t->value.device().type());
    *device_index = t->value.device().index();
    *rank = static_cast<int32_t>(t->value.dim());
  });
}

CAIRN_API int32_t cairn_tensor_shape(const cairn_tensor* t, int64_t* shape, int32_t capacity) {
  return guarded([&] {
    auto sizes = t->value.sizes();
    if (static_cast<int64_t>(sizes.size()) > capacity) {
      refuse("The tensor has more dimensions than the caller expects.");
    }
    std::copy(sizes.begin(), sizes.end(), shape);
  });
}

CAIRN_API int32_t cairn_tensor_to(const cairn_tensor* t, int32_t device_type, int32_t device_index, int32_t dtype, cairn_tensor** out) {
  return guarded([&] {
    auto type = dtype < 0 ? t->value.scalar_type() : dtype_of(dtype);
    give(t->value.to(device_of(device_type, device_index), type), out);
  });
}

CAIRN_API int32_t cairn_tensor_clone(const cairn_tensor* t, cairn_tensor** out) {
  return guarded([&] { give(t->value.clone(at::MemoryFormat::Contiguous), out); });
}

CAIRN_API int32_t cairn_tensor_host_copy(const cairn_tensor* t, cairn_tensor** out) {
  return guarded([&] {
    auto options = at::TensorOptions().dtype(t->value.scalar_type()).pinned_memory(t->value.is_cuda());
    auto host = at::empty(t->value.sizes(), options);
    host.copy_(t->value);
    give(host, out);
  });
}

CAIRN_API int32_t cairn_tensor_stack(cairn_tensor* const* tensors, int32_t count, cairn_tensor** out) {
  return guarded([&] { give(at::stack(list_of(tensors, count), 0), out); });
}

CAIRN_API int32_t cairn_tensor_cat(cairn_tensor* const* tensors, int32_t count, cairn_tensor** out) {
  return guarded([&] { give(at::cat(list_of(tensors, count), 0), out); });
}

CAIRN_API int32_t cairn_tensor_narrow(const cairn_tensor* t, int64_t axis, int64_t start, int64_t length, cairn_tensor** out) {
  return guarded([&] { give(t->value.narrow(axis, start, length), out); });
}

CAIRN_API int32_t cairn_tensor_select(const cairn_tensor* t, int64_t axis, int64_t index, cairn_tensor** out) {
  return guarded([&] { give(t->value.select(axis, index), out); });
}

CAIRN_API int32_t cairn_tensor_reshape(const cairn_tensor* t, const int64_t* shape, int32_t rank, cairn_tensor** out) {
  return guarded([&] { give(t->value.reshape(shape_of(shape, rank)), out); });
}

CAIRN_API int32_t cairn_tensor_add(const cairn_tensor* a, const cairn_tensor* b, double alpha, cairn_tensor** out) {
  return guarded([&] { give(at::add(a->value, b->value, alpha), out); });
}

CAIRN_API int32_t cairn_tensor_multiply(const cairn_tensor* a, double factor, cairn_tensor** out) {
  return guarded([&] { give(at::mul(a->value, factor), out); });
}

CAIRN_API int32_t cairn_tensor_same_layout(const cairn_tensor* a, const cairn_tensor* b, int32_t* same) {
  return guarded([&] { *same = same_layout(a->value, b->value) ? 1 : 0; });
}

CAIRN_API int32_t cairn_tensor_same_bits(const cairn_tensor* a, const cairn_tensor* b, int32_t* same) {
  return guarded([&] { *same = same_layout(a->value, b->value) && at::equal(bits_of(a->value), bits_of(b->value)) ? 1 : 0; });
}

CAIRN_API int32_t cairn_tensor_max_difference(const cairn_tensor* a, const cairn_tensor* b, double* difference) {
  return guarded([&] {
    if (a->value.sizes() != b->value.sizes()) {
      refuse("The tensors have different shapes, so no largest difference.");
    }
    if (a->value.numel() == 0) {
      *difference = 0;
      return;
    }
    auto wide = a->value.is_complex() ? at::kComplexDouble : at::kDouble;
    *difference = (a->value.to(at::kCPU, wide) - b->value.to(at::kCPU, wide)).abs().max().item<double>();
  });
}

CAIRN_API int32_t cairn_tensor_range(const cairn_tensor* t, int32_t leading, double* min, double* max, int64_t capacity) {
  return guarded([&] {
    if (leading < 0 || leading > t->value.dim()) {
      refuse("The tensor has " + std::to_string(t->value.dim()) + " dimensions, not " + std::to_string(leading) + " leading ones.");
    }
    auto rows = orderable(t->value, leading);
    if (rows.size(0) != capacity) {
      refuse("The leading dimensions hold " + std::to_string(rows.size(0)) + " entries, not " + std::to_string(capacity) + ".");
    }
    if (rows.size(1) == 0) {
      std::fill(min, min + capacity, std::numeric_limits<double>::infinity());
      std::fill(max, max + capacity, -std::numeric_limits<double>::infinity());
      return;
    }
    auto extremes = at::aminmax(rows, 1);
    auto lowest = std::get<0>(extremes).to(at::kCPU, at::kDouble).contiguous();
    auto highest = std::get<1>(extremes).to(at::kCPU, at::kDouble).contiguous();
    std::copy_n(lowest.data_ptr<double>(), capacity, min);
    std::copy_n(highest.data_ptr<double>(), capacity, max);
  });
}

CAIRN_API void cairn_tensor_free(cairn_tensor* t) {
  delete t;
}
