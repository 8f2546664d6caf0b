"""The base class of models."""

import numpy as np


class Model:
    """A model that steps one member at a time, all members with the same object.

    Derive from it and write ``step``; the other methods have an answer already. Arrays are numpy's, of ``self.dtype``.
    What a method is given may be read until it returns, and neither changed nor kept: copy what is to stay.

    Keyword arguments of ``__init__`` are what the spec has in ``model.arguments``. These attributes are there before it runs:
    """

    #: Names of the initial fields, in the order of their first axis.
    variables = ()
    #: Names of what ``fields`` returns, in the order of its first axis.
    outputs = ()
    #: Degrees north of the rows, float64.
    latitudes = None
    #: Degrees east of the columns, float64.
    longitudes = None
    #: Type of the numbers in fields and state (``model.dtype``).
    dtype = np.dtype("float32")
    #: What one step covers, in seconds.
    step_seconds = None

    #: What ``model.forcing`` names, as it is at the time of the step: ``[latitude, longitude]`` by name. Empty outside of ``step``.
    forcing = {}
    #: The member whose turn it is, counted from 0.
    member = 0
    #: Seconds since the initial condition at which the state stands; None where nobody tells.
    lead_time = None
    #: Seconds since 1970-01-01, in the calendar of the initial condition, at which the state stands; None where nobody tells.
    time = None

    _seed = None
    _generator = None

    def init(self, fields):
        """The first state of a member, of any shape.

        ``fields`` is ``[variable, latitude, longitude]``; what is returned has ``self.dtype``. By default the fields are the state.
        """
        return fields

    def step(self, state):
        """The state one step later: an array of the same shape and type.

        Written ``step(self, state, out)``, it is given memory for the next state, has to fill all of it, and returns nothing:
        for large states that saves a copy.
        """
        raise NotImplementedError("step(self, state) is missing")

    def fields(self, state):
        """The output fields of a state, ``[output, latitude, longitude]``. By default the state is the fields."""
        return state

    def state(self):
        """What this object remembers of the member besides the state that ``step`` takes: arrays by name.

        Asked for after each ``init`` and ``step``, with the same names, shapes and types every time. It is kept with the member's
        state, is in every session, and comes back through ``load_state``.
        """
        return {}

    def load_state(self, arrays):
        """Takes what ``state`` gave for the member whose turn it is, before ``step`` and ``fields``. The arrays are copies."""
        if arrays:
            raise NotImplementedError("load_state(self, arrays) is missing, though state(self) gives arrays")

    @property
    def rng(self):
        """A ``numpy.random.Generator`` for this call, seeded by the run's seed, the member and the number of the step.

        What it draws depends on nothing else, so that no restart shows. There is none in ``__init__`` and ``fields``.
        """
        if self._generator is None:
            if self._seed is None:
                raise RuntimeError("self.rng is there in init and step of a run only: what is drawn elsewhere would differ after a restart")
            self._generator = np.random.Generator(np.random.PCG64(self._seed))
        return self._generator
