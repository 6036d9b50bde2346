"""`vitrion explain`: why a prediction is what it is, and what was measured that is most like it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ...datasets.properties import GLASS_FORMATION, RANKED
from ..errors.refusals import InputError, visible
from ..formatting.measured import CRYSTAL, measured_words
from ..terminal.console import to_stdout
from ..terminal.failures import told
from .flags import compositions_of, lines_of
from .models import Which

if TYPE_CHECKING:
    from ...datasets.properties import Property
    from ...models.explanation.analogues import Analogue
    from ...models.explanation.shapley import Explanation
    from ...models.prediction import Prediction
    from ...models.predictor import Predictor

MOST = 100  # formulas, and analogues of each
HONESTY = (
    "Contributions tell how the model sums up, not what causes what: groups of descriptors are exchanged one after "
    "the other, averaged over all orders, and add up to the difference of the two predictions."
)


class Phase(StrEnum):
    """Phase in which the conductivity counts."""

    glass = "glass"
    crystal = "crystal"


def explain(
    formulas: Annotated[list[str], typer.Argument(metavar="FORMULA...", help="Such as LiAlCl2.5O0.75; several do.")],
    property: Annotated[Which, typer.Option("--property", "-p", help="Which model.")] = Which.all,  # noqa: A002
    temperature: Annotated[
        float, typer.Option("--temperature", "-t", metavar="DEGC", help="Where conductivity counts, in degC.")
    ] = 25.0,
    phase: Annotated[Phase, typer.Option("--phase", help="Phase in which conductivity counts.")] = Phase.glass,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="FORMULA", help="Compare with this; else the parent halide or the nearest."),
    ] = None,
    nearest: Annotated[int, typer.Option("--nearest", min=1, max=MOST, help="Measured compositions shown.")] = 3,
) -> None:
    """Explain predictions: flags, interval, verdict, what drives them, and the nearest measured compositions."""
    with told():
        if len(formulas) > MOST:
            raise InputError(f"{len(formulas):,} formulas; give at most {MOST}")
        from ...datasets.chemistry.flags import explained
        from ...experiments.ranking.ready import ready
        from ...features.composition import Composition

        compositions = compositions_of(formulas)
        reference = None if against is None else Composition.parse(against)
        _check_described([*compositions, *([] if reference is None else [reference])])
        if property.value == GLASS_FORMATION.name:
            for line in _of_glass_formation(compositions, reference):
                to_stdout().print(Text(visible(line, 500)), soft_wrap=True)
            return
        names = list(RANKED) if property is Which.all else [property.value]
        known, predictions = ready(names), dict[str, Any]()
        blocks: dict[str, list[list[str]]] = {}
        for name, predictor in known.items():
            conditions = {"temperature_C": temperature, "phase": phase.value} if predictor.conditions else None
            predictions[name] = predictor.predict(compositions, conditions)
            blocks[name] = _blocks(predictor, compositions, conditions, predictions[name], reference, nearest)
        shown = _shown(compositions, temperature, predictions, known, phase)
        flags, console = explained(compositions, phase.value), to_stdout()
        for row, composition in enumerate(compositions):
            lines = [
                composition.formula,
                *shown[row],
                *_cost(composition),
                *lines_of(flags[row]),
                *(line for name in names for line in blocks[name][row]),
                "",
            ]
            for line in lines:
                console.print(Text(visible(line, 500)), soft_wrap=True)
        console.print(Text(HONESTY))


def _of_glass_formation(compositions: list[Any], against: Any) -> Iterator[str]:
    """Lines on each composition: probabilities of the outcomes, and what sets it apart from a known one."""
    from ...experiments.registry.glass_former import champion
    from ...models.explanation.glass_formation import explain_formation

    former = champion()
    predicted = former.predict(compositions)
    for row, reason in enumerate(explain_formation(former, compositions, against)):
        chances = f"glass {predicted.glass[row]:.0%}, partly crystalline {predicted.partial[row]:.0%}, crystalline "
        yield compositions[row].formula
        yield f"  glass formation: {chances}{predicted.crystal[row]:.0%}; {predicted.verdict[row]}"
        known = f" ({reason.reference_outcome}; {reason.reference_source})" if reason.reference_outcome else ""
        yield f"    by the trees alone {reason.glass:.0%}, {reason.reference_glass:.0%} for {reason.reference}{known}:"
        yield from (f"      {sentence}" for sentence in reason.sentences())
        yield ""


def _check_described(compositions: list[Any]) -> None:
    from ...experiments.task.candidates import describable
    from ...features.fractions import Fractions

    for row, reason in describable(Fractions.of(compositions))[1].items():
        raise InputError(f'"{compositions[row].formula}": {reason}')


def _shown(
    compositions: list[Any],
    temperature_C: float,
    predictions: Mapping[str, Prediction],
    predictors: Mapping[str, Predictor],
    phase: Phase,
) -> list[list[str]]:
    """A line on what was measured of each very composition, as a ranking says it; none where nothing was."""
    from ...datasets.measurement import composition_keys
    from ...experiments.ranking.measured import measured
    from ...features.fractions import Fractions

    keys = composition_keys(Fractions.of(compositions).matrix)
    columns = measured(keys, temperature_C, predictions, predictors)
    lines = []
    for row in range(len(compositions)):
        words = measured_words({name: column[row] for name, column in columns.items()}, beside_note=False)
        if columns["measured_phase"][row] == CRYSTAL and phase == Phase.glass:
            words += "; predicted as a glass"
        source = str(columns["measured_doi"][row])
        lines.append([f"  {words}{f'; {source}' if source else ''}"] if words else [])
    return lines


def _cost(composition: Any) -> list[str]:
    """Lines on the route that a composition is costed by, and on the next two."""
    from ...datasets.economics.routes import alternatives
    from ...datasets.economics.table import in_short

    first, *others = alternatives(composition)
    if not first.line:
        return [f"  raw materials: {first.note}"]
    rest = [f"      or {in_short(other)}" for other in others[:2]]
    return [f"  raw materials: {in_short(first)}", *rest]


def _blocks(
    predictor: Predictor,
    compositions: list[Any],
    conditions: dict[str, Any] | None,
    prediction: Prediction,
    against: Any,
    nearest: int,
) -> list[list[str]]:
    """Lines on each composition for one property."""
    from ...models.explanation.analogues import analogues
    from ...models.explanation.shapley import explain as explained

    temperature = 25.0 if conditions is None else float(conditions["temperature_C"])
    low, high = prediction.lower, prediction.upper
    reasons = explained(predictor, compositions, conditions, against)
    near = analogues(predictor, compositions, nearest, temperature)
    where = "" if conditions is None else f" at {temperature:g} degC, {conditions['phase']}"
    return [
        [
            _headline(prediction, row, where, low[row], high[row]),
            *([] if prediction.bounds.void[row] else _because(reason)),
            f"    nearest measured of {len(predictor.known_formulas_):,}:",
            *(_measured(one, prediction) for one in found),
        ]
        for row, (reason, found) in enumerate(zip(reasons, near, strict=True))
    ]


def _headline(prediction: Prediction, row: int, where: str, low: float, high: float) -> str:
    from ...datasets.chemistry.possible import MOLECULAR
    from ...experiments.ranking.scoring import laboratories
    from ..pages.reports import PHRASES

    if prediction.bounds.void[row]:
        return f"  {prediction.quantity.label}: none ({MOLECULAR})"
    value = _value(prediction.mean[row], prediction.quantity)
    interval = f"{_number(low, prediction.quantity)} to {_number(high, prediction.quantity)}"
    verdict, heard = PHRASES[str(prediction.verdict[row])], laboratories(prediction.laboratories[row])
    return f"  {prediction.quantity.label}{where}: {value} ({prediction.coverage:.0%}: {interval}, {heard}), {verdict}"


def _because(reason: Explanation) -> list[str]:
    quantity = reason.quantity
    shown = _value(float(quantity.from_target([reason.reference_target])[0]), quantity)
    lines = [f"      {sentence}" for sentence in reason.sentences()]
    head = f"    against {reason.reference} ({reason.relation}; predicted {shown}):"
    return [head, *(lines or ["      no difference"])]


def _measured(one: Analogue, prediction: Prediction) -> str:
    at = "" if one.temperature_C is None else f" at {one.temperature_C:g} degC, {one.phase}"
    more = f", of {one.n_values} measurements" if one.n_values > 1 else ""
    source = one.reference or "own or unnamed source"
    value = f"{one.value:.4g} {prediction.quantity.unit}"
    return f"      {one.distance:.2f} away  {one.formula}: {value}{at}{more}; {source}"


def _value(value: float, quantity: Property) -> str:
    return f"{_number(value, quantity)} {quantity.unit}"


def _number(value: float, quantity: Property) -> str:
    return {"celsius": f"{value:z.0f}", "log10": f"{value:.2e}"}.get(quantity.scale, f"{value:z.3g}")
