"""The predictors that a piece of work needs: those given, else the champions, with the laboratory's own results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...models.fitting.glass_former import GlassFormer
from ...models.predictor import Predictor
from ..registry.glass_former import champion_if_any
from ..registry.versions import load_predictor
from ..task.outcomes import Outcomes
from ..task.own_results import informed


class Informed(dict[str, Predictor]):
    """Predictors that have learnt all that they are to know: of what comes into the store later they learn nothing.

    Parameters
    ----------
    predictors
        By property.
    outcomes
        Results that they have learnt, with what no predictor of a glass learns: syntheses that failed, and crystals.
    former
        Predictor of glass formation; None where there is none.
    """

    def __init__(
        self,
        predictors: Mapping[str, Predictor],
        outcomes: Outcomes | None = None,
        former: GlassFormer | None = None,
    ) -> None:
        super().__init__(predictors)
        self.outcomes, self.former = outcomes, former


def ready(names: Iterable[str], given: Mapping[str, Predictor] | None = None) -> Informed:
    """Predictors of some properties that know what stands in the store of the laboratory now.

    Parameters
    ----------
    names
        Of the properties.
    given
        Predictors to take, by property; the champions where there is none. Those that are `Informed` stay as they are.
    """
    known = given or {}
    if isinstance(known, Informed):
        every = {name: known[name] if name in known else informed(load_predictor(name)) for name in names}
        return Informed(every, known.outcomes, known.former)
    every = {name: informed(known[name] if name in known else load_predictor(name)) for name in names}
    return Informed(every, former=champion_if_any() if every else None)
