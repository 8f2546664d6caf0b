"""Errors of models."""

import os
import sys
import traceback

_HERE = os.path.dirname(os.path.abspath(__file__))
_MOST = 8000


class Refusal(Exception):
    """The class is not usable: found, expected, what to do."""


class Failure(Exception):
    """The model's own code failed; the text ends with its traceback."""


def call(what, function, *arguments, **keywords):
    """Calls the model's own code. Any exception becomes a Failure, whose text leaves out the frames of this package."""
    process = os.getpid()
    try:
        result = function(*arguments, **keywords)
    except SystemExit as error:
        _end_if_forked(process, what)
        raise Failure(f"{what} called sys.exit({error.code!r}); expected it to return.\n{trimmed(error)}") from None
    except Refusal:
        raise
    except BaseException as error:  # pylint: disable=broad-except
        _end_if_forked(process, what)
        said = str(error)
        raise Failure(f"{what} raised {type(error).__name__}{': ' + said if said else ''}\n{trimmed(error)}") from None
    _end_if_forked(process, what)
    return result


def _end_if_forked(process, what):
    """Otherwise two processes would continue with the same memory."""
    if os.getpid() != process:
        sys.stderr.write(f"{what} returned in a process that it had forked; that process was ended\n")
        sys.stderr.flush()
        os._exit(1)


def trimmed(error):
    """The traceback of an error without the frames of this package."""
    shown = traceback.TracebackException.from_exception(error)
    _cut(shown)
    text = "".join(shown.format()).rstrip()
    return text if len(text) <= _MOST else "... " + text[-_MOST:]


def _cut(shown):
    shown.stack = traceback.StackSummary.from_list([frame for frame in shown.stack if not _is_ours(frame.filename)])
    for inner in (shown.__cause__, shown.__context__):
        if inner is not None:
            _cut(inner)


def _is_ours(path):
    return os.path.dirname(os.path.abspath(path)) == _HERE or path.startswith("<frozen importlib")


def layout(array):
    """Type and shape, such as float32[2, 3]."""
    return f"{array.dtype}[{', '.join(str(extent) for extent in array.shape)}]"
