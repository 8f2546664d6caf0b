"""Steps a prognostic model of Earth2Studio, or of a factory function, one member at a time.

A model needs the interface ``earth2studio.models.px.PrognosticModel``: ``input_coords``, ``output_coords``, ``to``, and
``__call__`` or ``create_iterator``. State that it binds with ``bind_checkpoint_state`` is in every session of the run.
"""

import copy
import importlib
import inspect
import random
from collections import OrderedDict

import numpy as np

from .failure import Failure, Refusal, call
from .loading import digest
from .model import Model

# Degrees: the accuracy of a coordinate near 360 in single precision.
_NEAR = 1e-4
_OUTER = ("batch", "time")


class Prognostic(Model):
    """An Earth2Studio model in the form that Cairn steps.

    The state is ``[time, variable]`` flattened, latitude, longitude, in the order of the model's ``input_coords``: with a history of two
    times, first the variables of the older one.
    """

    def __init__(self, model, package=None, by="call", torch_device="cpu", arguments=None):
        torch = _torch(model)
        torch.use_deterministic_algorithms(True)
        torch.backends.cudnn.benchmark = False
        self._torch, self._name, self._device = torch, model, torch.device(torch_device)
        self._iterates = by == "iterator"
        self._model = self._made(_found(model), package, arguments or {})
        self._require("input_coords", "output_coords", "to", "create_iterator" if self._iterates else "__call__")
        self._model = call(f"{model}.to", self._model.to, self._device)
        if isinstance(self._model, torch.nn.Module):
            self._model.eval()
        self._coords = call(f"{model}.input_coords", self._model.input_coords)
        self._read_coords()
        self._bound = _bound(self._model)
        self._first = {name: copy.deepcopy(vars(bound.checkpoint_dataclass)) for name, bound in self._bound.items()}

    @classmethod
    def _cairn_facts(cls, arguments):
        """What the numbers depend on besides this file: the model's file, and the versions of the libraries."""
        torch = _torch(arguments["model"])
        found = _found(arguments["model"])
        version = getattr(importlib.import_module(found.__module__.partition(".")[0]), "__version__", None)
        ours = f"{found.__module__.partition('.')[0]} {version}, " if version else ""
        return {**digest(found), "libraries": f"{ours}torch {torch.__version__}"}

    def init(self, fields):
        """Takes the initial fields of all input times, on the model's own grid."""
        for name, bound in self._bound.items():
            self._bind(bound, copy.deepcopy(self._first[name]))
        self._seed_all()
        state = np.ascontiguousarray(fields[self._inputs][:, self._rows][:, :, self._columns], dtype=self.dtype)
        if self._iterates:
            self._prime(state)
        return state

    def step(self, state):
        """One call of the model, or one step of its iterator."""
        self._seed_all()
        x, coords = self._given(state)
        out, found = self._next(x, coords) if self._iterates else self._called(self._model, x, coords)
        return np.concatenate([state[len(self._names):], self._taken(out, found)]) if self._history > 1 else self._taken(out, found)

    def fields(self, state):
        """The newest time of the state, on the grid of the run."""
        newest = state[-len(self._names):][self._outputs]
        return newest[:, np.argsort(self._rows)][:, :, np.argsort(self._columns)]

    def state(self):
        """The state that the model has bound, as arrays by attribute, field and kind."""
        return {f"{name}.{key}": array for name, bound in self._bound.items()
                for key, array in _arrays(vars(bound.checkpoint_dataclass), self._refuse)}

    def load_state(self, arrays):
        """Restores it."""
        row = _Row(_seconds(self.lead_time or 0))
        for name, bound in self._bound.items():
            own = {key[len(name) + 1:]: array for key, array in arrays.items() if key.startswith(name + ".")}
            self._bind(bound, _values(own, self._torch), row)

    def _bind(self, bound, values, row=None):
        for key, value in values.items():
            setattr(bound.checkpoint_dataclass, key, value)
        bound._bind_checkpoint(_Kept(2 if self._iterates else 1, self._device), row, row is not None)

    # ------------------------------------------------------------------------------------------------------------- making

    def _made(self, found, package, arguments):
        name = self._name
        if inspect.isclass(found) and hasattr(found, "load_model"):
            if package is None:
                package = call(f"{name}.load_default_package", found.load_default_package)
            else:
                package = call("Package", importlib.import_module("earth2studio.models.auto").Package, package)
            return call(f"{name}.load_model", found.load_model, package, **arguments)
        if package is not None:
            raise self._refuse(f"has no load_model for model.package = {package}", "no model.package, or a model that loads one")
        domain = OrderedDict(lat=self.latitudes, lon=self.longitudes)
        # Variables of an older time have names derived from the newest ones.
        names = [v for v in self.variables if not any(v.startswith(f"{n}-") and v[-1] in "hs" for n in self.variables)]
        known = {"variable": names, "variables": names, "domain_coords": domain, "dt": self._dt()}
        takes = inspect.signature(found).parameters
        return call(name, found, **{**{key: value for key, value in known.items() if key in takes}, **arguments})

    def _dt(self):
        return _seconds(self.step_seconds).astype("timedelta64[h]") if self.step_seconds % 3600 == 0 else _seconds(self.step_seconds)

    def _require(self, *methods):
        for method in methods:
            if not callable(getattr(self._model, method, None)):
                raise self._refuse(f"is a {type(self._model).__name__} without {method}", "the interface PrognosticModel of Earth2Studio")

    def _read_coords(self):
        coords = OrderedDict((key, np.asarray(value)) for key, value in self._coords.items() if key not in _OUTER)
        if list(coords) != ["lead_time", "variable", "lat", "lon"] or coords["lat"].ndim != 1 or coords["lon"].ndim != 1:
            raise self._refuse(f"takes ({', '.join(self._coords)})", "lead_time, variable, lat, lon: a grid of latitudes and longitudes")
        self._leads = coords["lead_time"].astype("timedelta64[s]")
        self._history, self._names = len(self._leads), [str(name) for name in coords["variable"]]
        if self._leads[-1] != np.timedelta64(0, "s"):
            raise self._refuse(f"takes fields up to lead time {self._leads[-1]}", "up to 0")
        self._rows = self._places("latitude", coords["lat"], self.latitudes, None)
        self._columns = self._places("longitude", coords["lon"], self.longitudes, 360.0)
        wanted = [name if lead == np.timedelta64(0, "s") else f"{name}{_hours(lead)}" for lead in self._leads for name in self._names]
        lacking = [name for name in wanted if name not in self.variables]
        if lacking:
            raise self._refuse(f"takes {_listed(wanted)}; the run gives {_listed(self.variables)}",
                               f"{_listed(lacking)} among initial.variables and model.variables")
        self._inputs = [self.variables.index(name) for name in wanted]
        unknown = [name for name in self.outputs if name not in self._names]
        if unknown:
            raise self._refuse(f"should return {_listed(unknown)}, which its state does not have", f"outputs among {_listed(self._names)}")
        self._outputs = [self._names.index(name) for name in self.outputs]

    def _places(self, what, wanted, given, period):
        if len(wanted) != len(given):
            raise self._refuse(f"takes {len(wanted)} {what}s, from {wanted[0]:g} to {wanted[-1]:g}; the run has {len(given)}, from "
                               f"{given[0]:g} to {given[-1]:g}", "the same: choose them in the initial condition")
        apart = np.abs(np.asarray(wanted, float)[:, None] - np.asarray(given, float)[None, :])
        if period is not None:
            apart = np.minimum(apart % period, period - apart % period)
        places = apart.argmin(axis=1)
        far = apart[np.arange(len(wanted)), places] > _NEAR
        if far.any():
            raise self._refuse(f"takes the {what} {wanted[int(far.argmax())]:g}, which the run does not have", f"the same {what}s")
        return places

    # ----------------------------------------------------------------------------------------------------------- stepping

    def _given(self, state):
        """Tensor and coordinates of a state, [time, lead_time, variable, lat, lon]."""
        shape = (1, self._history, len(self._names), len(self._rows), len(self._columns))
        x = self._torch.from_numpy(np.array(state)).reshape(shape).to(self._device)
        lead = _seconds(self.lead_time or 0)
        zero = np.datetime64(0, "s") + (_seconds(self.time or 0) - lead)
        coords = OrderedDict(time=np.array([zero]).astype("datetime64[ns]"), lead_time=(self._leads + lead).astype("timedelta64[ns]"))
        coords["variable"] = np.array(self._names)
        coords["lat"], coords["lon"] = np.asarray(self._coords["lat"]), np.asarray(self._coords["lon"])
        return x, coords

    def _taken(self, out, coords):
        """The model's own variables in its result, [variable, lat, lon]."""
        leads = np.asarray(coords["lead_time"]).astype("timedelta64[s]")
        expected = _seconds((self.lead_time or 0) + self.step_seconds)
        if len(leads) != 1 or leads[0] != expected:
            raise self._refuse(f"returned lead times of {', '.join(_hours(lead) for lead in leads)}", f"{_hours(expected)}: model.step is "
                               f"{_hours(_seconds(self.step_seconds))}")
        names = [str(name) for name in np.asarray(coords["variable"])]
        lacking = [name for name in self._names if name not in names]
        if lacking:
            raise self._refuse(f"did not return {_listed(lacking)}, which its next step takes", "all of them: try model.by = iterator")
        shape = (len(names), len(self._rows), len(self._columns))
        if out.numel() != int(np.prod(shape)):
            raise self._refuse(f"returned {list(out.shape)}", f"one time of [{', '.join(map(str, shape))}]")
        array = out.detach().to("cpu").reshape(shape).numpy().astype(self.dtype, copy=False)
        return array if names == self._names else array[[names.index(name) for name in self._names]]

    def _next(self, x, coords):
        """The step of an iterator that starts from the state; the rest is in its own bound state."""
        iterator = self._called(self._model.create_iterator, x, coords)
        end = _seconds((self.lead_time or 0) + self.step_seconds)
        try:
            while True:
                out, found = call(f"an iterator of {self._name}", next, iterator)
                if np.asarray(found["lead_time"]).astype("timedelta64[s]")[-1] >= end:
                    return out, found
        finally:
            iterator.close()

    def _prime(self, state):
        """Makes an iterator bind its initial state."""
        iterator = self._called(self._model.create_iterator, *self._given(state))
        call(f"an iterator of {self._name}", next, iterator)
        iterator.close()
        if not any(array.size > 0 for array in self.state().values()):
            raise self._refuse("binds no state at level 2 (bind_checkpoint_state), so its iterator could not be restarted",
                               "a model that does, or model.by = call, which steps by the model's call")

    def _called(self, what, x, coords):
        with self._torch.inference_mode():
            return call(self._name, what, x, coords)

    def _seed_all(self):
        """With any generator, the model's draws depend only on the run's seed, the member and the step."""
        seed = int(self.rng.integers(1 << 62))
        self._torch.manual_seed(seed)
        np.random.seed(seed % (1 << 32))
        random.seed(seed)

    def _refuse(self, found, expected):
        return Refusal(f"model.model = {self._name} {found}; expected {expected}.")


class _Kept:
    """The checkpoint of a bound state, with the attributes that it reads."""

    flush_interval = None

    def __init__(self, level, device):
        self.level, self.device = level, device


class _Row:
    """The session from which a bound state was restored, with the attributes that it reads."""

    exists, write_count = True, 0

    def __init__(self, lead_time):
        self.lead_time, self.metadata, self.labels = lead_time, {}, {}


def _torch(model):
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise Refusal(f"model.model = {model} needs PyTorch and Earth2Studio, and this Python cannot load torch: {error}. Name the "
                      "interpreter that has them in model.python.") from None


def _found(name):
    module_name, _, path = name.partition(":")
    try:
        found = call(f"Importing {module_name}", importlib.import_module, module_name)
    except Failure as error:
        raise Refusal(f"model.model = {name}: {error}\nIs Earth2Studio installed, with the dependencies of this model? Check the name, "
                      "model.python and model.python-path.") from None
    for part in path.split("."):
        if not hasattr(found, part):
            raise Refusal(f"model.model = {name}: module {module_name} ({getattr(found, '__file__', 'built in')}) has no {path}.")
        found = getattr(found, part)
    if not callable(found):
        raise Refusal(f"model.model = {name} is a {type(found).__name__}; expected a class of a model, or a function that creates one.")
    return found


def _bound(model):
    """The states that a model and its parts have bound, by attribute."""
    parts = model.named_modules() if hasattr(model, "named_modules") else [("", model)]
    return {f"{name}.{key}" if name else key: value for name, part in parts for key, value in sorted(vars(part).items())
            if hasattr(type(value), "checkpoint_dataclass")}


def _arrays(values, refuse):
    """The contents of a dataclass as arrays by name and kind."""
    for key, value in values.items():
        if isinstance(value, (tuple, list)):
            yield f"{key}:{type(value).__name__}", np.int64(len(value))
            yield from _arrays({f"{key}[{index}]": item for index, item in enumerate(value)}, refuse)
        elif value is None:
            yield f"{key}:none", np.empty(0, np.int8)
        elif isinstance(value, np.ndarray):
            yield f"{key}:array", value
        elif hasattr(value, "detach"):
            yield f"{key}:tensor", value.detach().to("cpu").numpy().copy()
        elif isinstance(value, (bool, int, float, str)):
            yield f"{key}:{type(value).__name__}", np.asarray(value)
        else:
            raise refuse(f"binds {key} of type {type(value).__name__}", "tensors, arrays, numbers, texts, or tuples of them")


def _values(arrays, torch):
    """The values from which the arrays were made."""
    values = {}
    for name, array in arrays.items():
        key, _, kind = name.rpartition(":")
        values[key] = (
            None if kind == "none" else array if kind == "array" else torch.from_numpy(array) if kind == "tensor"
            else (kind, int(array)) if kind in ("tuple", "list") else {"bool": bool, "int": int, "float": float, "str": str}[kind](array))
    return {key: _whole(key, value, values) for key, value in values.items() if "[" not in key}


def _whole(key, value, values):
    if not (isinstance(value, tuple) and value[0] in ("tuple", "list")):
        return value
    items = [_whole(f"{key}[{index}]", values[f"{key}[{index}]"], values) for index in range(value[1])]
    return tuple(items) if value[0] == "tuple" else items


def _seconds(seconds):
    return np.timedelta64(int(round(seconds)), "s")


def _hours(span):
    seconds = int(span.astype("timedelta64[s]").astype(int))
    return f"{seconds // 3600}h" if seconds % 3600 == 0 else f"{seconds}s"


def _listed(names):
    return ", ".join(names) if len(names) <= 12 else f"{', '.join(names[:10])}, … ({len(names)})"
