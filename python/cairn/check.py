"""Steps a model twice and compares bits: ``python -m cairn.check my_module:MyModel``.

An undisturbed run of a few members must give the same bits as one member alone, and as a new object that starts from a stored state.
"""

import argparse
import json
import os
import sys

import numpy as np

from . import loading
from .failure import Failure, Refusal
from .stepper import Stepper, Turn, keeps

_SEEDS = 1 << 20


class Check:
    """A class, and artificial initial fields."""

    def __init__(self, options):
        rows, columns = options.grid
        self.found = loading.find(options.model, options.path)
        self.options = options
        self.setting = {
            "dtype": options.dtype,
            "variables": options.variables,
            "outputs": options.outputs or options.variables,
            "forcing": options.forcing,
            "latitudes": list(np.linspace(90, -90, rows)),
            "longitudes": list(np.arange(columns) * 360.0 / columns),
            "step": options.step,
        }
        shape = (options.members, len(options.variables), rows, columns)
        count = np.arange(1, int(np.prod(shape)) + 1)
        self.fields = np.modf(count * 0.6180339887498949)[0].reshape(shape).astype(options.dtype)

    def object(self, packing=None):
        """A new object of the class."""
        stepper = Stepper(self.found, self.options.arguments, self.setting)
        stepper.packing = packing
        return stepper

    def first(self, stepper, member):
        """A member's first state."""
        stepper.init(_closed(self.fields[member]), self.turn(member, 0))
        row = np.empty(stepper.packing.elements, stepper.dtype)
        stepper.init(_closed(self.fields[member]), self.turn(member, 0), row)
        return row

    def step(self, stepper, row, member, number, fill=0):
        """A member's next state."""
        target = np.empty_like(row)
        target.view("u1")[...] = fill
        source, turn = row.copy(), self.turn(member, number)
        turn.forcing = {name: _closed(np.modf(self.fields[0, 0] + number * (place + 1) * 0.6180339887498949)[0])
                        for place, name in enumerate(self.options.forcing)}
        stepper.step(source, target, turn)
        if keeps(source) or keeps(target):
            raise Refusal(f"{stepper.name}.step keeps an array that it received, or a view of it; expected a copy: x.copy().")
        return target

    def turn(self, member, number):
        """The current member and step; the first state has number 0."""
        lead = max(number - 1, 0) * self.options.step
        return Turn(member, member * _SEEDS + number, lead, lead)

    def run(self):
        """Compares; prints each comparison, and raises Refusal at the first that fails."""
        stepper, steps = self.object(), self.options.steps
        members = range(self.options.members)
        states = [[self.first(stepper, member) for member in members]]
        for number in range(1, steps + 1):
            states.append([self.step(stepper, states[-1][member], member, number) for member in members])
        _require("one step, taken twice", states[1][0], self.step(stepper, states[0][0], 0, 1, fill=255),
                 "it keeps state between calls (use state() and load_state()), draws from another generator than self.rng, "
                 "or leaves a part of out unwritten")
        for member in members:
            alone = self.object()
            row = self.first(alone, member)
            for number in range(1, steps + 1):
                row = self.step(alone, row, member, number)
            _require(f"{steps} steps of member {member} alone", states[-1][member], row, "members share state of the object")
        half = steps // 2
        again = self.object(stepper.packing)
        rows = list(states[half])
        for number in range(half + 1, steps + 1):
            rows = [self.step(again, rows[member], member, number) for member in members]
        for member in members:
            _require(f"{steps - half} steps of member {member} after a restart", states[-1][member], rows[member],
                     "state of the object is missing in state() and load_state()")
        target = np.empty(self.fields[0].size // len(self.options.variables) * len(self.setting["outputs"]), stepper.dtype)
        stepper.fields(rows[0], target, self.turn(0, steps))
        print(f"fields are {len(self.setting['outputs'])} x {self.options.grid[0]} x {self.options.grid[1]}; "
              f"a member's state holds {stepper.packing.elements} numbers of {stepper.dtype}")


def main(arguments=None):
    """The command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m cairn.check", description=__doc__.splitlines()[0])
    parser.add_argument("model", help="module and class, such as my_module:MyModel")
    parser.add_argument("--path", action="append", help="a folder to search for the module, before others (default: the working directory)")
    parser.add_argument("--arguments", type=json.loads, default={}, help="keyword arguments of the class, as JSON")
    parser.add_argument("--variables", type=lambda text: text.split(","), default=["u", "v"], help="initial fields (default u,v)")
    parser.add_argument("--outputs", type=lambda text: text.split(","), help="output fields (default: the same)")
    parser.add_argument("--forcing", type=lambda text: text.split(","), default=[], help="names of model.forcing (default: none)")
    parser.add_argument("--grid", type=_grid, default=(19, 36), help="rows x columns (default 19x36)")
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--step", type=float, default=3600.0, help="seconds of a step (default 3600)")
    parser.add_argument("--steps", type=int, default=6, help="how many steps (default 6)")
    parser.add_argument("--members", type=int, default=3, help="how many members (default 3)")
    options = parser.parse_args(arguments)
    options.path = [os.path.abspath(folder) for folder in options.path or ["."]]
    try:
        Check(options).run()
    except (Refusal, Failure) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.model} gives the same bits again, alone, and after a restart")
    return 0


def _require(what, expected, found, why):
    if expected.tobytes() != found.tobytes():
        differ = int(np.count_nonzero(expected.view(f"u{expected.itemsize}") != found.view(f"u{found.itemsize}")))
        raise Refusal(f"{what}: {differ} of {expected.size} numbers have other bits; expected none. Does the object have state that a "
                      f"session does not contain? Maybe {why}.")
    print(f"{what}: the same bits")


def _closed(array):
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _grid(text):
    rows, columns = text.split("x")
    return int(rows), int(columns)


if __name__ == "__main__":
    sys.exit(main())
