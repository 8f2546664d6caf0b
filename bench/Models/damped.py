"""A model whose step goes once through its whole state, and the loop that anyone would write around it.

    python3 damped.py STEPS ROWS COLUMNS        prints milliseconds a step
"""

import os
import sys
import time

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python"))
import cairn  # noqa: E402


class Damped(cairn.Model):
    """Fields that fade."""

    def step(self, state, out):
        np.multiply(state, self.dtype.type(0.999), out=out)


def main(steps, rows, columns):
    """Swaps two arrays."""
    model = Damped()
    state, out = np.ones((2, rows, columns), model.dtype), np.ones((2, rows, columns), model.dtype)
    for _ in range(3):
        model.step(state, out)
        state, out = out, state
    started = time.perf_counter()
    for _ in range(steps):
        model.step(state, out)
        state, out = out, state
    print((time.perf_counter() - started) * 1000 / steps)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
