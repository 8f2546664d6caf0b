"""The process in which Cairn steps a model: it reads orders, one line of JSON each, and answers each with a line.

State and fields are in memory that both processes map. Orders and answers have their own descriptors: standard output is standard
error here, so that the model's output is never mixed with answers.
"""

import ctypes
import json
import os
import signal
import sys

_MARK = b"cairn-host 1\n"
_SET_PARENT_DEATH_SIGNAL = 1


class Line:
    """The descriptors of the connection to Cairn."""

    def __init__(self):
        self._orders = os.fdopen(os.dup(0), "rb")
        self._answers = os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        sys.stdout.reconfigure(line_buffering=True)
        self._forking = None
        os.register_at_fork(before=self._fork, after_in_child=self._forked)

    def next(self):
        """The next order, or None at the end."""
        line = self._orders.readline()
        return json.loads(line) if line else None

    def answer(self, value):
        """Answers an order."""
        self.write(json.dumps(value).encode() + b"\n")

    def write(self, data):
        """Writes all of it."""
        while data:
            data = data[os.write(self._answers, data):]

    def _fork(self):
        self._forking = os.getpid()

    def _forked(self):
        # It must not answer, keep the connection open, or outlive the host.
        os.close(self._answers)
        os.close(self._orders.fileno())
        _follow_parent()
        if os.getppid() != self._forking:
            # The parent ended before the signal was set.
            os._exit(1)


def main():
    """Obeys until the connection ends, as it does with the process that gives the orders."""
    _follow_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_first()
    line = Line()
    line.write(_MARK)
    host = _host(line)
    while True:
        order = line.next()
        if order is None:
            sys.stdout.flush()
            os._exit(0)
        line.answer(host.obey(order))


def _host(line):
    """The code that carries out orders needs numpy, which may be missing."""
    try:
        from .orders import Host
    except ImportError as error:
        line.next()
        line.answer({"refused": str(error), "lacks": error.name, "executable": sys.executable, "python": sys.version.split()[0]})
        os._exit(0)
    return Host()


def _follow_parent():
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _die_first():
    """If memory runs out, this process should be killed, and not the one that keeps the sessions."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("500")
    except OSError:
        # Then the kernel chooses as usual.
        pass
