"""Whether MLflow answers: how long an answer is waited for, and how long a server that is away is left alone.

A server that takes a connection and says nothing would hold whatever speaks to it. So every question to a server has
a limit, and so has all that one ranking, round or promotion tells it; after a limit has passed nobody asks that
server for a while.
"""

from __future__ import annotations

import os
import queue
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

T = TypeVar("T")
PATIENCE_S = 10.0  # for the answer to one question
OPENING_S = 60.0  # for a database server of MLflow, whose tables may have to be made
TRANSFER_S = 60.0  # for a table or a figure that is sent; the server's silence has the limit of a request
MODEL_S = 600.0  # for the file of a model, sent or fetched
CONVERSATION_S = 60.0  # for all that one ranking, round or promotion tells
AWAY_S = 60.0  # for which a server that did not answer is not asked again
LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
        "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",  # a server may ask for an hour
    }
)
"""Of requests to MLflow, where the environment does not say otherwise."""
SENT = ("log_text", "log_table", "log_figure", "log_dict", "log_artifact")  # what sends a file
_LOCAL = re.compile(r"(?!\w[\w+.-]{1,40}:)|sqlite\W|file:")  # files of this machine, which nobody waits for


_FAULTS: Mapping[str, str] = MappingProxyType(  # the first that is found in the words of a library counts
    {
        r"(?i)name or service not known|name resolution|NameResolution|getaddrinfo": "no machine has that name",
        r"(?i)connection ?refused": "no connection: refused",
        r"(?i)certificate|SSLError": "no connection: its certificate is not trusted",
        r"(?i)timed? ?out|TimeoutError": "no answer in time",
        r"(?i)too many \d+ error responses|\b50[0-9]\b": "it answers with errors of its own",
        r"(?i)UnsupportedModelRegistryStoreURI|unsupported URI|No connection adapters|Could not parse.*URL": (
            "that is no address of MLflow: give such as http://127.0.0.1:5000"
        ),
        r"(?i)ConnectionError|Max retries|Connection ?reset|aborted|unreachable": "no connection",
    }
)


class MlflowAwayError(RuntimeError):
    """MLflow does not answer; the message says which, why, and how to mend it.

    `fresh` is whether it was asked just now, and not left alone.
    """

    fresh = False


class UntrackedWarning(UserWarning):
    """Something is done and not in MLflow."""


_away: dict[str, tuple[float, str]] = {}  # until when a server is left alone, and what is said of it
_until: ContextVar[float] = ContextVar("vitrion_mlflow_until", default=float("inf"))


class Reached:
    """The client of an MLflow store, each call of which ends in time.

    Parameters
    ----------
    client
        Of MLflow; None where it could not be opened.
    uri
        Of the store.
    needed
        Whether a call raises `MlflowAwayError` where MLflow is away; else it does nothing then.
    """

    def __init__(self, client: MlflowClient | None, uri: str, needed: bool = True) -> None:
        self._client, self._uri, self._needed = client, uri, needed

    def __getattr__(self, name: str) -> Any:
        return partial(self._ask, name)

    def _ask(self, name: str, *told: Any, **named: Any) -> Any:
        try:
            work = partial(getattr(self._client, name), *told, **named) if self._client else None
            return answered(self._uri, work, TRANSFER_S if name.startswith(SENT) else PATIENCE_S)
        except MlflowAwayError as error:
            if self._needed:
                raise
            if error.fresh:
                warnings.warn(f"{error}; what is computed is not tracked", UntrackedWarning, stacklevel=3)
            return None


def unneeded(client: MlflowClient | None, uri: str) -> MlflowClient:
    """A client whose work goes on where MLflow is away, with a warning; None stands for one that is away already."""
    inner = client._client if isinstance(client, Reached) else client
    return cast("MlflowClient", Reached(inner, uri, needed=False))


def is_local(uri: str) -> bool:
    """Whether a store is a file of this machine.

    Examples
    --------
    >>> [is_local(uri) for uri in ("sqlite:///mlflow.db", "./runs", "http://mlflow.lab:5000")]
    [True, True, False]
    """
    return _LOCAL.match(uri) is not None


def shown(uri: str) -> str:
    """The address of a store without what may be secret.

    Examples
    --------
    >>> shown("http://me:s3cret@mlflow.lab:5000/?token=1")
    'http://mlflow.lab:5000/'
    """
    return re.sub(r"(?<=://)[^/]*@", "", uri).partition("?")[0][:200]


@contextmanager
def conversation(most_s: float = CONVERSATION_S) -> Iterator[None]:
    """Have all questions within this block end within some seconds."""
    token = _until.set(min(_until.get(), time.monotonic() + most_s))
    try:
        yield
    finally:
        _until.reset(token)


def answered(uri: str, work: Callable[[], T] | None, most_s: float, opening: bool = False) -> T:
    """What comes of a question to a store.

    Raises `MlflowAwayError` where there is no answer in time, or none that MLflow gives.

    Parameters
    ----------
    uri
        Of the store.
    work
        Asks; None where it is known that it cannot.
    most_s
        How long it may take, in s.
    opening
        Whether the store is asked for the first time: whatever fails then says that it cannot be used.
    """
    if is_local(uri) and work is not None:
        return work()
    until, said = _away.get(uri, (0.0, ""))
    if work is None or time.monotonic() < until:
        raise MlflowAwayError(said or f"MLflow at {shown(uri)} does not answer")
    seconds = max(0.1, min(max(most_s, _as_told()), _until.get() - time.monotonic()))
    try:
        return _within(work, seconds)
    except _LateError:
        raise _lost(uri, f"nothing came within {seconds:.0f} s") from None
    except Exception as error:
        if opening or _is_away(error):
            raise _lost(uri, reason(error)) from error
        raise


def reason(error: BaseException) -> str:
    """Why a store cannot be used, in plain words.

    Examples
    --------
    >>> reason(ConnectionRefusedError(111, "Connection refused")), reason(TimeoutError())
    ('no connection: refused', 'no answer in time')
    """
    text = f"{type(error).__name__}: {error}"
    found = next((words for pattern, words in _FAULTS.items() if re.search(pattern, text)), "")
    return found or " ".join(text.split()[:20]).rstrip(":")


def forget() -> None:
    """Ask again, whichever servers were away."""
    _away.clear()


class _LateError(Exception):
    """A piece of work that is not done in time."""


def _within(work: Callable[[], T], seconds: float) -> T:
    """What a piece of work comes to in a thread of its own, which is left behind when the time is over."""
    done: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
    context = copy_context()

    def run() -> None:
        try:
            done.put((True, context.run(work)))
        except BaseException as error:
            done.put((False, error))

    threading.Thread(target=run, name="vitrion-mlflow", daemon=True).start()
    try:
        good, came = done.get(timeout=seconds)
    except queue.Empty:
        raise _LateError from None
    if good:
        return cast("T", came)
    raise came


def _as_told() -> float:
    """How long a request may take by what the environment says in place of `LIMITS`, in s; 0 where it says the same."""
    names = ("MLFLOW_HTTP_REQUEST_TIMEOUT", "MLFLOW_HTTP_REQUEST_MAX_RETRIES")
    told = [os.environ.get(name, LIMITS[name]) for name in names]
    if told == [LIMITS[name] for name in names] or not all(one.isdecimal() for one in told):
        return 0.0
    return float(told[0]) * (1 + float(told[1])) + PATIENCE_S


def _lost(uri: str, why: str) -> MlflowAwayError:
    """Remember that a server is away, and say so."""
    where = shown(uri)
    told = why.replace(uri, where)
    said = f"MLflow at {where} does not answer ({told}); start it, or set MLFLOW_TRACKING_URI to one that does"
    _away[uri] = (time.monotonic() + AWAY_S, said)
    error = MlflowAwayError(said)
    error.fresh = True
    return error


def _is_away(error: Exception) -> bool:
    """Whether an error says that a server is not there or broken, not that it refused what it was asked."""
    from mlflow.exceptions import MlflowException, RestException

    if isinstance(error, MlflowException):
        return not isinstance(error, RestException) and error.error_code == "INTERNAL_ERROR"
    response = getattr(error, "response", None)  # of an error of requests, which is an OSError
    return isinstance(error, OSError) and getattr(response, "status_code", 500) >= 500 and _of_the_net(error)


def _of_the_net(error: Exception) -> bool:
    return isinstance(error, ConnectionError | TimeoutError) or type(error).__module__.startswith("requests.")
