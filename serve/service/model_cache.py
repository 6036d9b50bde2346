"""The models that answer: loaded once, through the guard, and again when others are promoted."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...datasets.home import home
from ..errors.refusals import BusyError, public

if TYPE_CHECKING:
    from ...experiments.registry.loading import Loaded


_LOG = logging.getLogger(__name__)
NEVER = -1  # in place of the time at which the record of the champions was written: it was not looked at yet
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0  # before what could not be loaded, for no fault of its own, is tried again


class InUse:
    """The champions in memory; reading is free, and loading happens beside the requests.

    A request that began with one set of models ends with it, whatever is promoted meanwhile.
    """

    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._seen: int | None = NEVER
        self._why = "the models are being loaded; try again in a few seconds"
        self._complaint = ""
        self._failed: int | None = NEVER  # as `_seen`, of what is to be tried again at a time of the monotonic clock
        self._again_s, self._wait_s = 0.0, FIRST_WAIT_S
        self._loading = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether Tg and conductivity can be predicted."""
        return self._loaded is not None

    @property
    def why_not(self) -> str:
        """Why nothing can be predicted; empty when it can."""
        return "" if self.ready else self._why

    @property
    def complaint(self) -> str:
        """Why nothing can be predicted, or why earlier models still answer; empty when all is as it was promoted."""
        return self.why_not or self._complaint

    @property
    def versions(self) -> dict[str, int]:
        """Version of each model that is loaded, by property."""
        return dict(self._loaded.versions) if self._loaded is not None else {}

    def get(self, further: Iterable[str] = ()) -> Loaded:
        """Return the models of Tg and conductivity, and of further properties, which are loaded when first needed."""
        from ...experiments.registry.loading import Loaded, load
        from ...experiments.registry.record import NoChampionError

        now = self._loaded
        if now is None:
            raise BusyError(self._why) if self._seen == NEVER else NoChampionError(self._why)
        lacking = [name for name in further if name not in now]
        if lacking:
            with self._loading:
                more = load(lacking)
                now = Loaded({**now, **more}, {**now.versions, **more.versions})
                if self._loaded is not None and self._loaded.versions.items() <= now.versions.items():
                    self._loaded = now
        return now

    def pinned(self, further: Iterable[str] = ()) -> dict[str, int]:
        """Versions that a long piece of work keeps to, by property, that of glass formation where there is one."""
        from ...datasets.properties import GLASS_FORMATION
        from ...experiments.registry.record import record

        names = ("tg", "conductivity", *further)
        needed = {name: version for name, version in self.get(further).versions.items() if name in names}
        glass = record().get(GLASS_FORMATION.name)
        return needed if glass is None else needed | {GLASS_FORMATION.name: glass.version}

    def renew(self) -> None:
        """Load what was promoted since the last time; what answers now goes on until the new models are there."""
        from ...experiments.recipes.recipe import RECIPES
        from ...experiments.registry.loading import load
        from ...experiments.registry.versions import champions, refused

        with self._loading:
            stamp = _stamp()
            if stamp == self._seen:
                return
            try:
                cards = champions()
                lacking = [name for name in RECIPES if name not in cards]
                if lacking:
                    why = "; ".join(
                        f"no model of {name} answers: {said}" for name in lacking if (said := refused(name))
                    )
                    self._why = why or f"there is no model of {' and '.join(lacking)} yet; train first"
                    self._loaded = None
                else:
                    kept = () if self._loaded is None else tuple(self._loaded)
                    self._loaded = load(tuple(dict.fromkeys((*RECIPES, *(name for name in kept if name in cards)))))
                self._complaint = ""
            except Exception as error:  # whatever is wrong with what was promoted: what answers now goes on
                self._why = self._complaint = public(str(error)) or type(error).__name__
                _LOG.warning("what was promoted last cannot be used: %s", self._why)
                if _passes(error):
                    self._put_off(stamp)
                    return
            self._seen = stamp

    @property
    def is_old(self) -> bool:
        """Whether something was promoted since the models were loaded."""
        stamp = _stamp()
        return stamp != self._seen and (stamp != self._failed or time.monotonic() >= self._again_s)

    def _put_off(self, stamp: int | None) -> None:
        """Try again later, where the files are not to blame: too little memory, or a disk that does not answer."""
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S) if stamp == self._failed else FIRST_WAIT_S
        self._failed, self._again_s = stamp, time.monotonic() + self._wait_s


def _passes(error: Exception) -> bool:
    """Whether an error may be gone the next time: the files that were promoted are not to blame for it."""
    from ...experiments.registry.record import NoChampionError
    from ...models.artifacts.artifact import ArtifactError

    cause = error.__context__
    unread = isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError)
    return unread or not isinstance(error, ArtifactError | NoChampionError)


def _stamp() -> int | None:
    """When the record of the champions was written; None where there is none."""
    try:
        return (home() / "champions.json").stat().st_mtime_ns
    except OSError:
        return None
