"""Calls a model for one member after the other, and checks its results."""

import gc
import inspect
import sys

import numpy as np

from .failure import Refusal, call, layout
from .model import Model
from .packing import Packing


class Turn:
    """The current member, the seed of its draws, and the time of its state."""

    def __init__(self, member, seed=None, lead_time=None, time=None):
        self.member, self.seed, self.lead_time, self.time = member, seed, lead_time, time
        self.forcing = {}


class Stepper:
    """One object of a model's class, and the rows that it reads and writes: one-dimensional arrays of the state's type."""

    def __init__(self, found, arguments, setting):
        self.dtype = np.dtype(setting["dtype"])
        self.outputs = list(setting["outputs"])
        self.grid = (len(setting["latitudes"]), len(setting["longitudes"]))
        self.name = f"{found.__module__}:{found.__qualname__}"
        self.packing = None
        Model.variables, Model.outputs = tuple(setting["variables"]), tuple(setting["outputs"])
        Model.latitudes, Model.longitudes = np.array(setting["latitudes"], float), np.array(setting["longitudes"], float)
        Model.dtype, Model.step_seconds = self.dtype, setting["step"]
        self.model = call(f"{self.name}.__init__", found, **arguments)
        if setting["forcing"] and not isinstance(self.model, Model):
            raise Refusal(f"{self.name} is to be given {', '.join(setting['forcing'])} (model.forcing), which self.forcing tells a class "
                          "that is derived from cairn.Model; expected one.")
        self.takes_out = self._takes_out()
        self.has_own_state = self._finds_own_state(found)

    def init(self, fields, turn, row=None):
        """Creates a member's first state; without a row only its layout. Fields are [variable, latitude, longitude]."""
        self._begin(turn)
        state = self._array("init", self._call("init", fields) if hasattr(self.model, "init") else fields)
        own_state = self._own_state("init")
        if self.packing is None:
            if state.size == 0:
                raise Refusal(f"{self.name}.init returned {layout(state)}, which contains no numbers; expected at least one.")
            self.packing = Packing.of(state, own_state, self.dtype)
        if row is not None:
            self.packing.put_main(f"{self.name}.init", state, row)
            self.packing.put_own_state("init", own_state, row)

    def step(self, source, target, turn):
        """Writes the state one step after the one in a row into another."""
        self._begin(turn)
        self._load(source)
        state = self.packing.main(_closed(source))
        if self.takes_out:
            out = self.packing.main(target)
            result = self._call("step", state, out)
            if result is not None and result is not out:
                raise Refusal(f"{self.name}.step(state, out) returned {_type(result)}; expected nothing: write the next state to out.")
        else:
            self.packing.put_main(f"{self.name}.step", self._array("step", self._call("step", state)), target)
        self.packing.put_own_state("step", self._own_state("step"), target)

    def fields(self, source, target, turn):
        """Writes the output fields of the state in a row, [output, latitude, longitude]."""
        turn.seed = None
        self._begin(turn)
        self._load(source)
        state = self.packing.main(_closed(source))
        result = self._call("fields", state) if hasattr(self.model, "fields") else state
        found = self._array("fields", result, own_type=False)
        expected = (len(self.outputs), *self.grid)
        if found.shape != expected or found.dtype.kind not in "fiu":
            raise Refusal(f"{self.name}.fields returned {layout(found)}; expected real numbers of shape [{', '.join(map(str, expected))}] "
                          f"(of {', '.join(self.outputs)}; latitude; longitude). Check fields, and model.outputs.")
        target[...] = found.reshape(-1)

    def _begin(self, turn):
        if isinstance(self.model, Model):
            model = self.model
            model.member, model.lead_time, model.time = turn.member, turn.lead_time, turn.time
            model._seed, model._generator, model.forcing = turn.seed, None, turn.forcing

    def _load(self, row):
        if self.has_own_state:
            call(f"{self.name}.load_state", self.model.load_state, self.packing.own_state(row))

    def _call(self, method, *arguments):
        return call(f"{self.name}.{method}", getattr(self.model, method), *arguments)

    def _array(self, method, result, own_type=True):
        if not hasattr(result, "__array__"):
            raise Refusal(f"{self.name}.{method} returned {_type(result)}; expected a numpy array.")
        array = np.asarray(result)
        if own_type and array.dtype != self.dtype:
            raise Refusal(f"{self.name}.{method} returned {layout(array)}; expected {self.dtype}, which is model.dtype: return it by "
                          f".astype(self.dtype), or set model.dtype = {array.dtype} if that is intended.")
        return array

    def _own_state(self, after):
        if not self.has_own_state:
            return {}
        given = call(f"{self.name}.state (after {after})", self.model.state)
        if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
            raise Refusal(f"{self.name}.state returned {_type(given)}; expected a dict of arrays by name.")
        arrays = {key: np.asarray(given[key]) for key in sorted(given)}
        for key, array in arrays.items():
            if array.dtype.hasobject:
                raise Refusal(f"{self.name}.state returned {key} = {_type(given[key])}; expected an array of numbers or text, "
                              "which a session can store.")
        return arrays

    def _takes_out(self):
        try:
            parameters = inspect.signature(self.model.step).parameters
        except (TypeError, ValueError):
            # Code without a signature, such as compiled code.
            return False
        wanted = [key for key, p in parameters.items() if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        positional = [key for key, p in parameters.items() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]
        has_out = len(positional) > 1 and positional[1] == "out"
        if len(wanted) > (2 if has_out else 1) or not positional:
            raise Refusal(f"{self.name}.step takes ({', '.join(parameters)}); expected step(self, state), or step(self, state, out).")
        return has_out

    def _finds_own_state(self, found):
        methods = [callable(getattr(self.model, name, None)) for name in ("state", "load_state")]
        if isinstance(self.model, Model) and not methods[0]:
            raise Refusal(f"{self.name} has an attribute self.state, which hides the method state(); use another name.")
        return all(methods) and getattr(found, "state", None) is not Model.state


def keeps(array):
    """Whether anything but the caller's variable refers to an array, or a view of it."""
    if sys.getrefcount(array) <= _ALONE:
        return False
    gc.collect()
    return sys.getrefcount(array) > _ALONE


def _alone():
    array = np.empty(1)
    return _holders(array)


def _holders(array):
    return sys.getrefcount(array)


# The result of getrefcount for an array with one reference, in a call like that of keeps; it differs between versions.
_ALONE = _alone()


def _closed(row):
    view = row.view()
    view.flags.writeable = False
    return view


def _type(value):
    return layout(value) if isinstance(value, np.ndarray) else "None" if value is None else f"a {type(value).__name__}"
