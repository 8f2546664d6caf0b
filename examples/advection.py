"""A tracer that the winds carry, in numpy: what model.kind = python steps in examples/my-python.conf."""

import cairn
import numpy as np


class Gusts(cairn.Model):
    """Winds that are carried eastward, smoothed, and blown at: u and v on a latitude-longitude grid."""

    def __init__(self, speed=10.0, smoothing=0.02, gusts=0.1):
        self.speed, self.smoothing, self.gusts = speed, smoothing, gusts

    def step(self, state):
        columns = self.speed * self.step_seconds / 111e3 / abs(self.longitudes[1] - self.longitudes[0])
        moved = (1 - columns) * state + columns * np.roll(state, 1, axis=2)
        neighbours = np.roll(moved, 1, axis=2) + np.roll(moved, -1, axis=2) - 2 * moved
        noise = self.rng.standard_normal(state.shape[:1]).reshape(-1, 1, 1)
        return (moved + self.smoothing * neighbours + self.gusts * noise).astype(self.dtype)
