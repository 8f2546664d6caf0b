// C ABI of libcairn_torch: libtorch for a caller that has no C++.
//
// Every function that returns int32_t answers 0, or one of the CAIRN_FAULT_* codes; cairn_last_error() then tells why. Handles are owned by
// the caller and freed by the matching *_free. Nothing throws across this boundary. All calls run without autograd.
#pragma once
#include <stdint.h>

#define CAIRN_API extern "C" __attribute__((visibility("default")))
#define CAIRN_TORCH_ABI 3

#define CAIRN_FAULT_CALL 1
#define CAIRN_FAULT_SCRIPT 2
#define CAIRN_FAULT_MEMORY 3
#define CAIRN_FAULT_DEVICE 4

typedef struct cairn_tensor cairn_tensor;
typedef struct cairn_module cairn_module;
typedef struct cairn_generator cairn_generator;

CAIRN_API int32_t cairn_torch_abi(void);
// The message of this thread's last failure; valid until its next one.
CAIRN_API const char* cairn_last_error(void);

// --- Tensors. dtype is c10::ScalarType's number; device_type is 0 (CPU) or 1 (CUDA); device_index is -1 for the CPU. ---
CAIRN_API int32_t cairn_tensor_from_bytes(const void* bytes, int64_t count, int32_t dtype, const int64_t* shape, int32_t rank,
                                          int32_t device_type, int32_t device_index, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_full(double value, int32_t dtype, const int64_t* shape, int32_t rank, int32_t device_type,
                                    int32_t device_index, cairn_tensor** out);
// On the CPU, with elements that are yet to be written through cairn_tensor_data.
CAIRN_API int32_t cairn_tensor_empty(int32_t dtype, const int64_t* shape, int32_t rank, cairn_tensor** out);
// The elements of a contiguous tensor on the CPU, in place; valid as long as the handle. Refuses any other tensor.
CAIRN_API int32_t cairn_tensor_data(const cairn_tensor* t, void** data);
CAIRN_API int32_t cairn_tensor_copy_to(const cairn_tensor* t, void* destination, int64_t count);
CAIRN_API int32_t cairn_tensor_info(const cairn_tensor* t, int32_t* dtype, int32_t* device_type, int32_t* device_index, int32_t* rank);
CAIRN_API int32_t cairn_tensor_shape(const cairn_tensor* t, int64_t* shape, int32_t capacity);
// A negative dtype keeps the tensor's own. The result may share memory with t when nothing changes.
CAIRN_API int32_t cairn_tensor_to(const cairn_tensor* t, int32_t device_type, int32_t device_index, int32_t dtype, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_clone(const cairn_tensor* t, cairn_tensor** out);
// A contiguous copy in host memory, page-locked when t lies on a device.
CAIRN_API int32_t cairn_tensor_host_copy(const cairn_tensor* t, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_stack(cairn_tensor* const* tensors, int32_t count, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_cat(cairn_tensor* const* tensors, int32_t count, cairn_tensor** out);
// Views: they share memory with t and keep it alive.
CAIRN_API int32_t cairn_tensor_narrow(const cairn_tensor* t, int64_t axis, int64_t start, int64_t length, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_select(const cairn_tensor* t, int64_t axis, int64_t index, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_reshape(const cairn_tensor* t, const int64_t* shape, int32_t rank, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_add(const cairn_tensor* a, const cairn_tensor* b, double alpha, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_multiply(const cairn_tensor* a, double factor, cairn_tensor** out);
CAIRN_API int32_t cairn_tensor_same_layout(const cairn_tensor* a, const cairn_tensor* b, int32_t* same);
// Same layout and the same bits, NaNs and signed zeros included.
CAIRN_API int32_t cairn_tensor_same_bits(const cairn_tensor* a, const cairn_tensor* b, int32_t* same);
CAIRN_API int32_t cairn_tensor_max_difference(const cairn_tensor* a, const cairn_tensor* b, double* difference);
// For each index of the first leading axes: smallest and largest value of the rest (of a complex tensor: of its real and imaginary parts),
// NaN where there is one. An infinity or NaN in either means not all finite.
CAIRN_API int32_t cairn_tensor_range(const cairn_tensor* t, int32_t leading, double* min, double* max, int64_t capacity);
CAIRN_API void cairn_tensor_free(cairn_tensor* t);

// --- TorchScript modules ---
CAIRN_API int32_t cairn_module_load(const char* path, int32_t device_type, int32_t device_index, cairn_module** out);
CAIRN_API int32_t cairn_module_define(const char* name, const char* source, const char* const* buffer_names, cairn_tensor* const* buffers,
                                      int32_t buffer_count, cairn_module** out);
// Moves all parameters and buffers; a dtype that is not negative also converts the floating-point and complex ones.
CAIRN_API int32_t cairn_module_to(cairn_module* m, int32_t device_type, int32_t device_index, int32_t dtype);
CAIRN_API int32_t cairn_module_save(const cairn_module* m, const char* path);
CAIRN_API int32_t cairn_module_method_count(const cairn_module* m, int32_t* count);
CAIRN_API int32_t cairn_module_method_schema(const cairn_module* m, int32_t method, char* text, int64_t capacity, int64_t* needed);
// Names of attributes that the method assigns, itself or through methods it calls, separated by ", ".
CAIRN_API int32_t cairn_module_written_attributes(const cairn_module* m, int32_t method, char* text, int64_t capacity, int64_t* needed);
// Arguments are given, and the result is returned, in C order and aligned: a copy is made only of what is not. Refuses a method that
// changes an argument in place.
CAIRN_API int32_t cairn_module_call(const cairn_module* m, int32_t method, cairn_tensor* const* arguments, int32_t count,
                                    cairn_tensor** out);
CAIRN_API void cairn_module_free(cairn_module* m);

// --- Generators of random numbers, on the CPU whatever the model's device ---
CAIRN_API int32_t cairn_generator_create(uint64_t seed, cairn_generator** out);
CAIRN_API int32_t cairn_generator_get_state(const cairn_generator* g, uint8_t* state, int64_t capacity, int64_t* needed);
CAIRN_API int32_t cairn_generator_set_state(cairn_generator* g, const uint8_t* state, int64_t count);
CAIRN_API int32_t cairn_generator_normal(cairn_generator* g, const int64_t* shape, int32_t rank, int32_t dtype, cairn_tensor** out);
CAIRN_API void cairn_generator_free(cairn_generator* g);

// --- The library ---
CAIRN_API int32_t cairn_use_deterministic_settings(void);
// For a process that steps models: memory that was freed stays with the process instead of going back to the kernel. Changes no result.
CAIRN_API int32_t cairn_keep_freed_memory(void);
// With OpenMP the count belongs to the calling thread: call it on every thread that steps. Also tells OpenBLAS, when that is what libtorch
// uses.
CAIRN_API int32_t cairn_set_threads(int32_t count);
CAIRN_API int32_t cairn_get_threads(int32_t* count);
CAIRN_API int32_t cairn_cuda_device_count(int32_t* count);
CAIRN_API int32_t cairn_cuda_device_name(int32_t index, char* text, int64_t capacity, int64_t* needed);
CAIRN_API int32_t cairn_cuda_synchronize(int32_t index);
CAIRN_API int32_t cairn_torch_version(char* text, int64_t capacity, int64_t* needed);
CAIRN_API int32_t cairn_torch_config(char* text, int64_t capacity, int64_t* needed);
// File of the library that provides BLAS; empty when it is built into libtorch.
CAIRN_API int32_t cairn_blas_path(char* text, int64_t capacity, int64_t* needed);
