"""A client of a seed's HTTP API: submit runs, follow them, open their fields.

Only the standard library is needed; :meth:`Run.open` needs xarray and zarr.
"""

import http.client
import json
import os
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

USUAL_SEED = "http://127.0.0.1:7070"
ENDED = ("completed", "failed", "cancelled")
AGAIN = (None, 429, 503)                # no answer, too many requests, a registry that moves
_FORMATS = {".conf": "application/hocon", ".json": "application/json", ".yaml": "application/yaml", ".yml": "application/yaml"}


class SeedError(Exception):
    """A seed refused a request, or could not be reached.

    ``status`` is the HTTP status (None without an answer), ``detail`` says what was found, what was expected and what to do,
    ``errors`` has the mistakes of a spec: dicts with ``setting``, ``line``, ``column``, ``found``, ``expected``, ``message``.
    """

    def __init__(self, detail, status=None, errors=()):
        self.detail, self.status, self.errors = detail, status, list(errors)
        super().__init__("\n".join([detail] + ["  " + error["message"] for error in self.errors]))


class RunFailed(Exception):
    """A run ended, and is not complete. ``run`` is the run, ``state`` is ``failed`` or ``cancelled``."""

    def __init__(self, run, state, errors):
        self.run, self.state = run, state
        super().__init__("\n".join([f"run {run.id} has {state}"] + [f"  {_part(e)}{e['error']}" for e in errors]))


class Seed:
    """A seed, by its address.

    :param address: such as ``https://seed.example.org:7070``; by default ``$CAIRN_SEED``, else this machine's.
    :param token: the bearer token; by default ``$CAIRN_TOKEN``, else the contents of the file ``$CAIRN_TOKEN_FILE``.
    :param context: an :class:`ssl.SSLContext` for a certificate that this machine does not trust by itself.
    :param timeout: the longest time for an answer, in seconds.
    """

    def __init__(self, address=None, token=None, context=None, timeout=30.0):
        self.address = (address or os.environ.get("CAIRN_SEED") or USUAL_SEED).rstrip("/")
        if urllib.parse.urlsplit(self.address).scheme not in ("http", "https"):
            raise ValueError(f"{self.address} is not an address of a seed; expected one such as {USUAL_SEED}")
        self._token = token or _token()
        self._context, self._timeout = context, timeout

    def __repr__(self):
        return f"Seed({self.address!r})"

    def submit(self, spec, key=None):
        """Submits a run.

        :param spec: a dict, nested like a spec (a :class:`pathlib.Path` in it is made absolute); the path of a file in HOCON, JSON or
            YAML, as :class:`pathlib.Path`, or as text that ends in ``.conf``, ``.json``, ``.yaml`` or ``.yml``; or a HOCON text. Paths
            inside are absolute, and below the seed's ``seed.roots``: the spec is read there, not here.
        :param key: an idempotency key. The same key always gives the same run, however often it is sent; by default a new one.
        :returns: the :class:`Run`.
        :raises SeedError: with the mistakes of the spec in ``errors``, if it has any; then nothing was submitted.
        """
        body, kind = _body(spec)
        headers = {"Content-Type": kind, "Idempotency-Key": key or uuid.uuid4().hex}
        # With one key it may be sent again: a lost answer does not submit a run twice.
        return Run(self.request("POST", "/api/runs", body, headers)["id"], self)

    def runs(self, limit=500):
        """The runs, the newest first: a list of dicts."""
        return self._pages(f"/api/runs?limit={min(limit, 500)}", "runs", limit)

    def nodes(self):
        """The nodes: a list of dicts."""
        return self._pages("/api/nodes", "nodes", None)

    def request(self, method, path, body=None, headers=None):
        """One request of the API; repeated for some seconds if the seed cannot be reached, or its registry does not answer."""
        for pause in (1.0, 2.0, 4.0, None):
            try:
                with self._open(method, path, body, headers) as answer:
                    return json.loads(answer.read() or b"null")
            except SeedError as error:
                if pause is None or error.status not in AGAIN:
                    raise
            time.sleep(pause)

    def _open(self, method, path, body=None, headers=None, timeout=None):
        request = urllib.request.Request(self.address + path, data=body, method=method, headers=dict(headers or {}))
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            return urllib.request.urlopen(request, timeout=timeout or self._timeout, context=self._context)
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise SeedError(f"no seed answers at {self.address}: {reason}. Is one started (cairn seed)? "
                            "$CAIRN_SEED names another.") from None

    def _pages(self, path, name, limit):
        found = []
        while path and (limit is None or len(found) < limit):
            page = self.request("GET", path)
            found += page[name]
            path = page.get("next")
        return found[:limit]


class Run:
    """A run of a seed."""

    def __init__(self, id, seed=None):
        self.id, self.seed = id, seed or Seed()

    def __repr__(self):
        return f"<Run {self.id} at {self.seed.address}>"

    @property
    def state(self):
        """``submitted``, ``running``, ``completed``, ``failed`` or ``cancelled``."""
        return self.status(brief=True)["state"]

    def status(self, brief=False):
        """Everything about the run, as a dict (see ``docs/api.md``); ``brief`` leaves the attempts out."""
        return self.seed.request("GET", self._path() + ("?brief=true" if brief else ""))

    def spec(self):
        """The resolved spec, as a nested dict."""
        return self.status(brief=True)["spec"]

    def events(self, after=0, follow=True):
        """The run's events, oldest first: dicts with ``number``, ``at``, ``kind``, ``part``, ``first``, ``last``, ``node``, ``detail``.

        :param after: the number of the last event that you have.
        :param follow: whether to wait for further events, until the run has ended. A broken connection is made again, and no
            event is lost or repeated.
        """
        if not follow:
            path = f"{self._path('/events')}?after={after}&limit=5000"
            while path:
                # Without this header the answer is a stream.
                page = self.seed.request("GET", path, headers={"Accept": "application/json"})
                yield from page["events"]
                path = page.get("next")
            return

        missed = 0
        while True:
            try:
                with self.seed._open("GET", self._path("/events"), headers={"Last-Event-ID": str(after)} if after else None,
                                     timeout=60.0) as stream:
                    if stream.status == 204:
                        return
                    for name, data in _server_sent(stream):
                        missed = 0
                        if name == "end":
                            return
                        after = data["number"]
                        yield data
            except SeedError as error:
                if error.status not in AGAIN or missed >= 8:
                    raise
            except (OSError, http.client.HTTPException):
                # The stream broke: it continues after the last event, at any seed that answers.
                pass
            missed += 1
            time.sleep(min(5.0, 0.2 * 2 ** missed))

    def wait(self, timeout=None, check=True, on_event=None):
        """Waits until the run has ended, and returns its state.

        :param timeout: seconds; a run that has not ended by then raises :class:`TimeoutError` and continues.
        :param check: whether anything but ``completed`` raises :class:`RunFailed`.
        :param on_event: called with each event, such as ``print``.
        """
        if timeout is None:
            for event in self.events():
                if on_event:
                    on_event(event)
        else:
            self._look_until(time.monotonic() + timeout, timeout, on_event)
        status = self.status(brief=True)
        if check and status["state"] != "completed":
            raise RunFailed(self, status["state"], status["errors"])
        return status["state"]

    def _look_until(self, last, timeout, on_event):
        """Polls each second, so that the limit works while nothing happens."""
        after = 0
        while True:
            state = self.state
            for event in self.events(after, follow=False) if on_event else ():
                after = event["number"]
                on_event(event)
            if state in ENDED:
                return
            if time.monotonic() >= last:
                raise TimeoutError(f"run {self.id} is {state} after {timeout} s; it continues")
            time.sleep(min(1.0, max(0.0, last - time.monotonic())))

    def sessions(self):
        """The sessions that were committed, oldest first: dicts with ``session``, ``lead_time`` (ISO 8601), ``epoch``, ``first`` and
        ``last`` member, ``at``. In a run of several initial times members are numbered over all of them, and ``of`` has the ``time`` and
        the number of its ``first`` member."""
        return [dict(event["detail"], first=event["first"], last=event["last"], at=event["at"], **_of(event))
                for event in self.events(follow=False) if event["kind"] == "session committed"]

    def open(self, **options):
        """The run's fields, as an :class:`xarray.Dataset`; lead times that are not written yet read as NaN. ``options`` go to
        :func:`xarray.open_zarr`. The store is read by its path: it must be on a file system that this machine has, too."""
        store = (self.spec().get("output") or {}).get("path")
        if store is None:
            raise ValueError(f"run {self.id} writes no fields: its spec has no output.path")
        if not os.path.isdir(store):
            raise FileNotFoundError(f"the fields of run {self.id} are not at {store} on this machine, or do not exist yet")
        try:
            import xarray
        except ImportError as error:
            raise ImportError("Run.open needs xarray and zarr (pip install xarray zarr)") from error
        return xarray.open_zarr(store, **options)

    def cancel(self):
        """Stops it at its next boundary; what was committed stays."""
        return self._tell("cancel")

    def retry(self):
        """Tries the failed batches again, from their newest sessions."""
        return self._tell("retry")

    def pause(self):
        """Makes it wait at its next boundary."""
        return self._tell("pause")

    def resume(self):
        """Lets it continue."""
        return self._tell("resume")

    def checkpoint(self):
        """Makes it commit at its next boundary."""
        return self._tell("commit")

    def _tell(self, command):
        self.seed.request("POST", self._path("/" + command))
        return self

    def _path(self, rest=""):
        return f"/api/runs/{urllib.parse.quote(self.id, safe='')}{rest}"


def submit(spec, key=None, seed=None, token=None):
    """Submits a run to a seed: ``cairn.submit({"name": …, …}).wait()``. See :meth:`Seed.submit`; ``seed`` is an address or a Seed."""
    return _seed(seed, token).submit(spec, key)


def runs(seed=None, token=None):
    """The runs of a seed, the newest first: a list of dicts."""
    return _seed(seed, token).runs()


def _seed(seed, token):
    return seed if isinstance(seed, Seed) else Seed(seed, token)


def _token():
    if os.environ.get("CAIRN_TOKEN"):
        return os.environ["CAIRN_TOKEN"].strip()
    if os.environ.get("CAIRN_TOKEN_FILE"):
        return pathlib.Path(os.environ["CAIRN_TOKEN_FILE"]).read_text().strip()
    return None


def _body(spec):
    if isinstance(spec, dict):
        return json.dumps(spec, default=_plain, allow_nan=False).encode(), "application/json"
    if isinstance(spec, str) and (os.path.splitext(spec)[1] not in _FORMATS or "\n" in spec):
        return spec.encode(), "application/hocon"
    path = pathlib.Path(spec)
    if path.suffix not in _FORMATS:
        raise ValueError(f"{path} is not a spec of a known format: expected a name that ends in {', '.join(_FORMATS)}")
    return path.read_bytes(), _FORMATS[path.suffix]


def _plain(value):
    if isinstance(value, os.PathLike):
        return os.path.abspath(value)
    if hasattr(value, "tolist"):
        return value.tolist()           # numpy's numbers and arrays
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{value!r} ({type(value).__name__}) cannot be part of a spec; expected text, a number, a list or a dict")


def _refusal(error):
    text = error.read().decode("utf-8", "replace")
    try:
        problem = json.loads(text)
        return SeedError(problem["detail"], error.code, problem.get("errors") or ())
    except (ValueError, KeyError, TypeError):
        return SeedError(f"HTTP {error.code} from {error.url}: {text[:200].strip() or error.reason}", error.code)


def _server_sent(stream):
    """Server-sent events of a stream (HTML, 9.2.6): names and what their data hold as JSON."""
    name, data = "", []
    for raw in stream:
        line = raw.decode().rstrip("\r\n")
        if line == "":
            if data:
                yield name, json.loads("\n".join(data))
            name, data = "", []
        elif line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].lstrip(" "))


def _part(error):
    if error.get("first") is None:
        return ""
    of = error.get("of")
    first = of["first"] if of else 0
    return f"members {error['first'] - first}-{error['last'] - first}{' of ' + of['time'] if of else ''}: "


def _of(event):
    return {"of": event["of"]} if event.get("of") else {}
