"""Memory that both Cairn and this process map."""

import ctypes
import mmap
import os
import weakref

import numpy as np

# The size of huge pages. With small ones a step of a large state takes up to a quarter longer.
_LARGE = 2 << 20
_COLLAPSE = 25
_PRIVATE_ANONYMOUS, _SHARED_FIXED = 0x22, 0x11

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.mmap.restype = ctypes.c_void_p
_LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
_LIBC.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_LIBC.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


class Blocks:
    """Blocks of shared memory, by their numbers."""

    def __init__(self):
        self._maps = {}

    def take(self, order):
        """Maps the new blocks of an order, and releases those that have ended."""
        for number, path, size in order.get("blocks", ()):
            descriptor = os.open(path, os.O_RDWR)
            try:
                self._maps[number] = mmap.mmap(descriptor, size) if size < _LARGE else _large(descriptor, size)
            finally:
                os.close(descriptor)
        for number in order.get("over", ()):
            # Unmapped with the last view of it.
            self._maps.pop(number, None)

    def row(self, place, index, elements, dtype):
        """One member's elements: an array on the shared memory without other references."""
        number, offset = place
        return np.frombuffer(self._maps[number], dtype, elements, offset + index * elements * dtype.itemsize)


def _large(descriptor, size):
    """A mapping at an address suitable for huge pages, with them if the kernel supports it (Linux 6.1 and later)."""
    room = size + _LARGE
    base = _checked(_LIBC.mmap(None, room, 0, _PRIVATE_ANONYMOUS, -1, 0))
    at = -(-base // _LARGE) * _LARGE
    _checked(_LIBC.mmap(at, size, mmap.PROT_READ | mmap.PROT_WRITE, _SHARED_FIXED, descriptor, 0))
    mapped = (ctypes.c_char * size).from_address(at)
    # Untouched pages cannot be collapsed.
    touched = np.frombuffer(mapped, np.uint8)[::_LARGE]
    touched |= 0
    _LIBC.madvise(at, size // _LARGE * _LARGE, _COLLAPSE)
    weakref.finalize(mapped, _LIBC.munmap, base, room).atexit = False
    return mapped


def _checked(address):
    if address is None or address == ctypes.c_void_p(-1).value:
        raise MemoryError(f"shared memory cannot be mapped: {os.strerror(ctypes.get_errno())}")
    return address
