"""Cairn from Python: a client that submits and follows runs, a base class for models, and the loop that hosts them.

    run = cairn.submit({"name": "winds", …})
    run.wait()
    fields = run.open()          # an xarray.Dataset

``python -m cairn.check my_module:MyModel`` tries a model.
"""

__all__ = ["Model", "Run", "RunFailed", "Seed", "SeedError", "runs", "submit"]
__version__ = "0.1.0"


def __getattr__(name):
    # Imported late, so that the host can report a Python without numpy, and a client needs no numpy.
    if name == "Model":
        from .model import Model
        return Model
    if name in __all__:
        from . import client
        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
