"""The layout of a member's state in memory: the argument of ``step``, then the arrays of ``state()``."""

import numpy as np

from .failure import Refusal, layout

# Whole numbers that float32 holds exactly: bytes go two by two into an element.
_PIECE = np.dtype("<u2")

# Every member's row is aligned like a separate array, at any place in the batch.
ALIGNMENT = 64


class Part:
    """One array of ``state()``: unchanged if it has the state's type, so that its numbers are checked with all others; any other
    with two bytes per element, as whole numbers."""

    def __init__(self, name, dtype, shape, at, state_dtype):
        self.name, self.dtype, self.shape, self.at = name, np.dtype(dtype), tuple(shape), at
        self.count = 1
        for extent in self.shape:
            self.count *= extent
        self.is_plain = self.dtype == state_dtype
        self.elements = self.count if self.is_plain else -(-self.count * self.dtype.itemsize // _PIECE.itemsize)

    def put(self, array, row):
        """Writes an array into a member's row."""
        target = row[self.at:self.at + self.elements]
        if self.is_plain:
            target[...] = array.reshape(-1)
            return
        pieces = array.astype(self.dtype).tobytes()
        target[...] = np.frombuffer(pieces + b"\0" * (len(pieces) % _PIECE.itemsize), _PIECE)

    def get(self, row):
        """A copy of the array in a member's row."""
        source = row[self.at:self.at + self.elements]
        if self.is_plain:
            return source.reshape(self.shape).copy()
        return np.frombuffer(source.astype(_PIECE).tobytes(), self.dtype, self.count).reshape(self.shape).copy()


class Packing:
    """The layout of a member's state, as the first ``init`` made it; every later one must have the same."""

    def __init__(self, shape, parts, dtype):
        self.dtype = dtype
        self.shape = tuple(shape)
        self.count = 1
        for extent in self.shape:
            self.count *= extent
        self.parts = []
        at = self.count
        for name, kind, extents in parts:
            self.parts.append(Part(name, kind, extents, at, dtype))
            at += self.parts[-1].elements
        self._end = at
        unit = ALIGNMENT // dtype.itemsize
        self.elements = -(-at // unit) * unit

    @staticmethod
    def of(state, own_state, dtype):
        """The layout of the results of ``init`` and ``state()``."""
        return Packing(state.shape, [(name, array.dtype.newbyteorder("<").str, array.shape) for name, array in own_state.items()], dtype)

    @staticmethod
    def load(text, dtype):
        """The layout from the result of ``describe``."""
        return Packing(text["shape"], text["parts"], dtype)

    def describe(self):
        """The layout as plain values."""
        return {"shape": list(self.shape), "parts": [[part.name, part.dtype.str, list(part.shape)] for part in self.parts]}

    def main(self, row):
        """The array that ``step`` takes, in a member's row."""
        return row[:self.count].reshape(self.shape)

    def own_state(self, row):
        """Copies of the arrays of ``state()``."""
        return {part.name: part.get(row) for part in self.parts}

    def put_main(self, what, state, row):
        """Writes the argument of ``step``."""
        if state.shape != self.shape:
            raise Refusal(f"{what} returned {layout(state)}; expected {self.dtype}[{', '.join(map(str, self.shape))}], the shape of the "
                          "first state.")
        self.main(row)[...] = state

    def put_own_state(self, what, arrays, row):
        """Writes the arrays of ``state()``, and the rest of the row."""
        row[self._end:] = 0
        expected = [part.name for part in self.parts]
        if list(arrays) != expected:
            raise Refusal(f"state() returned {', '.join(arrays) or 'nothing'} after {what}; expected {', '.join(expected) or 'nothing'}, "
                          "as after the first init: names may not change.")
        for part in self.parts:
            array = arrays[part.name]
            if array.shape != part.shape or array.dtype != part.dtype:
                raise Refusal(f"state() returned {part.name} = {layout(array)} after {what}; expected "
                              f"{part.dtype}[{', '.join(map(str, part.shape))}], as after the first init: types and shapes may not change.")
            part.put(array, row)
