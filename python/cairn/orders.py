"""Carries out the orders to the host."""

import resource

import numpy as np

from . import loading
from .failure import Failure, Refusal
from .packing import ALIGNMENT, Packing
from .shared import Blocks
from .stepper import Stepper, Turn, keeps


class Host:
    """Carries orders out."""

    def __init__(self):
        self._blocks = Blocks()
        self._stepper = None
        self._variables, self._forcing = 0, []
        self._at = None

    def obey(self, order):
        """The answer to an order."""
        try:
            self._blocks.take(order)
            return getattr(self, "_" + order["order"])(order)
        except Refusal as refusal:
            return {"refused": str(refusal)}
        except Failure as failure:
            return self._failed(str(failure))
        except MemoryError as error:
            return self._failed(f"There was no memory for the model's result: {error}")

    def _open(self, order):
        found = loading.find(order["class"], order["path"])
        facts = loading.facts(found, order["arguments"])
        if order["describes"]:
            return facts
        if order["memory"] is not None:
            _limit(order["memory"])
        self._stepper = Stepper(found, order["arguments"], order)
        self._variables, self._forcing = len(order["variables"]), order["forcing"]
        if order["packing"] is not None:
            self._stepper.packing = Packing.load(order["packing"], self._stepper.dtype)
        self._at = self._blocks.row(order["at"], 0, 1, np.dtype("int64"))
        return facts

    def _init(self, order):
        stepper = self._stepper
        rows, columns = stepper.grid
        for index, turn in self._turns(order):
            source = _aligned(self._blocks.row(order["from"], index, self._variables * rows * columns, stepper.dtype))
            source.flags.writeable = False
            target = self._row(order["to"], index) if order["to"] is not None else None
            stepper.init(source.reshape(self._variables, rows, columns), turn, target)
            if order["tries"] and keeps(source):
                raise _kept(stepper, "init")
        return {"packing": stepper.packing.describe(), "elements": stepper.packing.elements}

    def _step(self, order):
        forcing, left = self._forced(order), 0
        for index, turn in self._turns(order):
            turn.forcing = forcing
            # A member's steps come one after the other, and the last of them goes where it is wanted.
            source = target if left else self._row(order["from"], index)
            left = (left or len(order["times"])) - 1
            target = self._row(order["between" if left % 2 else "to"], index)
            if order["tries"]:
                # Different each time, so that elements that a step leaves unwritten are detected.
                target.view("u1")[...] = order["tries"]
            self._stepper.step(source, target, turn)
            if order["tries"] and (keeps(source) or keeps(target)):
                raise _kept(self._stepper, "step")
        return {}

    def _fields(self, order):
        stepper = self._stepper
        rows, columns = stepper.grid
        for index, turn in self._turns(order):
            source = self._row(order["from"], index)
            target = self._blocks.row(order["to"], index, len(stepper.outputs) * rows * columns, stepper.dtype)
            stepper.fields(source, target, turn)
            if order["tries"] and keeps(source):
                raise _kept(stepper, "fields")
        return {}

    def _forced(self, order):
        """What the step's time tells: a copy, which the model may keep."""
        if order["forcing"] is None:
            return {}
        (rows, columns), count, dtype = self._stepper.grid, len(self._forcing), self._stepper.dtype
        planes = self._blocks.row(order["forcing"], 0, count * rows * columns, dtype).reshape(count, rows, columns).copy()
        planes.flags.writeable = False
        return dict(zip(self._forcing, planes))

    def _failed(self, text):
        return {"failed": text, "at": None if self._at is None else int(self._at[0])}

    def _row(self, place, index):
        return self._blocks.row(place, index, self._stepper.packing.elements, self._stepper.dtype)

    def _turns(self, order):
        for index, (member, *seeds) in enumerate(order["members"]):
            self._at[0] = index
            for seed, (lead, time) in zip(seeds, order["times"]):
                yield index, Turn(member, seed, lead, time)


def _aligned(array):
    """The array if its memory is aligned like that of a single member, else an aligned copy."""
    if array.ctypes.data % ALIGNMENT == 0:
        return array
    room = np.empty(array.nbytes + ALIGNMENT, np.uint8)
    at = -room.ctypes.data % ALIGNMENT
    copy = room[at:at + array.nbytes].view(array.dtype)
    copy[...] = array
    return copy


def _kept(stepper, method):
    return Refusal(f"{stepper.name}.{method} keeps an array that it received, or a view of it, whose memory is reused; "
                   "expected a copy: x.copy().")


def _limit(size):
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))
