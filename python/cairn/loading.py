"""Finds the class of a model, and what its numbers depend on."""

import hashlib
import importlib
import importlib.util
import inspect
import platform
import sys

import numpy as np

from .failure import Failure, Refusal, call
from .model import Model


def find(name, folders):
    """The class called ``my_package.my_module:MyModel``, searched in the folders and then in this Python's path."""
    module_name, colon, class_name = name.partition(":")
    if not colon or not module_name or not class_name:
        raise Refusal(f"model.class is '{name}'; expected a module and a class in it, such as my_package.my_module:MyModel.")
    sys.path[1:1] = [folder for folder in folders if folder not in sys.path]
    module = _module(name, module_name)
    found = module
    for part in class_name.split("."):
        if not hasattr(found, part):
            classes = [key for key, value in vars(module).items() if inspect.isclass(value) and value.__module__ == module.__name__]
            raise Refusal(f"Module {module_name} ({getattr(module, '__file__', 'built in')}) has no class {class_name}; it has "
                          f"{', '.join(classes) or 'no classes'}. Check model.class.")
        found = getattr(found, part)
    if not inspect.isclass(found):
        raise Refusal(f"{name} is of type {type(found).__name__}; expected a class. Check model.class.")
    if not callable(getattr(found, "step", None)) or found.step is Model.step:
        raise Refusal(f"{name} has no step; expected step(self, state), which returns the state one step later.")
    return found


def facts(found, arguments):
    """What a run's numbers depend on: the interpreter, numpy, and the text of the class's file.

    Classes of this package that step other code report that code themselves.
    """
    own = found._cairn_facts(arguments) if hasattr(found, "_cairn_facts") else {}
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "numpy": np.__version__,
        "instructions": _instructions(),
        "libraries": "",
        **(own or digest(found)),
    }


def digest(found):
    """The file of a class or function, and its SHA-256."""
    file = _source(found)
    if file is None:
        return {"source": None, "digest": "none"}
    with open(file, "rb") as stream:
        return {"source": file, "digest": "sha256:" + hashlib.sha256(stream.read()).hexdigest()}


def _instructions():
    """The widest vectors that numpy uses on this CPU: they affect the rounding of its kernels."""
    core = getattr(np, "_core", None) or np.core
    features = getattr(core._multiarray_umath, "__cpu_features__", {})
    return next((name for name in ("AVX512F", "AVX2", "SVE", "ASIMD") if features.get(name)), "baseline")


def _module(name, module_name):
    try:
        return call(f"Importing {module_name}", importlib.import_module, module_name)
    except Failure:
        if _is_missing(module_name):
            raise Refusal(f"model.class is {name}, but there is no module {module_name} in {', '.join(sys.path[1:])}. Check its name, or "
                          "name its folder in model.python-path.") from None
        raise


def _is_missing(module_name):
    parts = module_name.split(".")
    try:
        return any(importlib.util.find_spec(".".join(parts[:count])) is None for count in range(1, len(parts) + 1))
    except ModuleNotFoundError as error:
        # A parent is a module and not a package; or it exists but fails itself, and then that is reported.
        return error.name is not None and (module_name + ".").startswith(error.name + ".")
    except BaseException:  # pylint: disable=broad-except
        return False


def _source(found):
    try:
        return inspect.getsourcefile(found)
    except TypeError:
        return getattr(sys.modules.get(found.__module__), "__file__", None)
