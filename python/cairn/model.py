"""The base class of models."""

import numpy as np


class Model:
    """A model that steps one member at a time, all members with the same object.

    Derive from it and write ``step``; the other methods have defaults. Arrays are numpy arrays of ``self.dtype``.
    A method may read its arguments until it returns, but must neither change nor keep them: make a copy if needed.

    Keyword arguments of ``__init__`` come from ``model.arguments`` of the spec. These attributes are set before it runs:
    """

    #: Names of the initial fields, in the order of their first axis.
    variables = ()
    #: Names of the output of ``fields``, in the order of its first axis.
    outputs = ()
    #: Degrees north of the rows, float64.
    latitudes = None
    #: Degrees east of the columns, float64.
    longitudes = None
    #: Type of the numbers in fields and state (``model.dtype``).
    dtype = np.dtype("float32")
    #: The length of one step, in seconds.
    step_seconds = None

    #: What ``model.forcing`` names, as it is at the time of the step: ``[latitude, longitude]`` by name. Empty outside of ``step``.
    forcing = {}
    #: The current member, counted from 0.
    member = 0
    #: The lead time of the state in seconds; None if unknown.
    lead_time = None
    #: The time of the state in seconds since 1970-01-01, in the calendar of the initial condition; None if unknown.
    time = None

    _seed = None
    _generator = None

    def init(self, fields):
        """The first state of a member, of any shape.

        ``fields`` is ``[variable, latitude, longitude]``; the result has ``self.dtype``. By default the fields are the state.
        """
        return fields

    def step(self, state):
        """The state one step later: an array of the same shape and type.

        Declared as ``step(self, state, out)``, it receives memory for the next state, must fill all of it, and returns nothing:
        for large states that saves a copy.
        """
        raise NotImplementedError("step(self, state) is missing")

    def fields(self, state):
        """The output fields of a state, ``[output, latitude, longitude]``. By default the state is the fields."""
        return state

    def state(self):
        """State of the member in this object, besides the argument of ``step``: arrays by name.

        Called after each ``init`` and ``step``, with the same names, shapes and types every time. It is kept with the member's
        state, is in every session, and comes back through ``load_state``.
        """
        return {}

    def load_state(self, arrays):
        """Restores what ``state`` returned for the current member, before ``step`` and ``fields``. The arrays are copies."""
        if arrays:
            raise NotImplementedError("load_state(self, arrays) is missing, but state(self) returns arrays")

    @property
    def rng(self):
        """A ``numpy.random.Generator`` for this call, seeded by the run's seed, the member and the number of the step.

        Its draws depend on nothing else, so restarts have no effect. There is none in ``__init__`` and ``fields``.
        """
        if self._generator is None:
            if self._seed is None:
                raise RuntimeError("self.rng is available only in init and step of a run: draws elsewhere would differ after a restart")
            self._generator = np.random.Generator(np.random.PCG64(self._seed))
        return self._generator
