"""Models in Python for Cairn: a base class, the loop that hosts them, and ``python -m cairn.check``."""

__all__ = ["Model"]
__version__ = "0.1.0"


def __getattr__(name):
    # Late, so that the host can tell of a Python that has no numpy.
    if name == "Model":
        from .model import Model
        return Model
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
