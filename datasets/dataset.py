"""A property with everything that was measured of it: rows, compositions, paper groups and a fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.composition import Composition
from ..features.fractions import Fractions
from . import sources
from .curation.consensus import lower_weight
from .curation.curate import curate, merge_repeats, rules
from .curation.duplicates import drop_retold
from .curation.laboratories import laboratories
from .curation.tellings import first_tellings
from .measurement import Measurements
from .properties import GLASS_FORMATION, Property, find
from .results import standing
from .sources import Source, glass_formation


@dataclass(frozen=True)
class Dataset:
    """Measurements of one property, curated.

    Parameters
    ----------
    property
        What was measured, with its units.
    measured
        Rows and compositions; see `Measurements`.
    dropped
        Rows that were not taken, with the same columns and the ``reason``.

    Examples
    --------
    >>> data = load("tg")
    >>> viglas = data.take(data.rows["doi"] == "10.1038/s41560-023-01356-y")
    >>> viglas.rows[["formula", "value", "unit"]].values.tolist()
    [['LiAlCl2.5O0.75', -16.8, 'degC'], ['NaAlCl2.5O0.75', -25.5, 'degC']]
    """

    property: Property
    measured: Measurements
    dropped: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __len__(self) -> int:
        return len(self.measured)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row a measurement; the columns are `measurement.COLUMNS`, the values in lab units."""
        return self.measured.rows

    @cached_property
    def values(self) -> npt.NDArray[np.float64]:
        """Measured values, ndarray of shape (n,), in lab units."""
        return self.rows["value"].to_numpy()

    @cached_property
    def groups(self) -> npt.NDArray[np.object_]:
        """Keys of papers, ndarray of shape (n,) of text: what must not stand on both sides of a split."""
        return self.rows["group"].to_numpy(dtype=object)

    @cached_property
    def laboratories(self) -> npt.NDArray[np.object_]:
        """Laboratory of each row, ndarray of shape (n,) of text, named by the first of its authors, or its group."""
        return laboratories(self.rows["group"], self.rows["author"])

    @cached_property
    def curated(self) -> npt.NDArray[np.bool_]:
        """Whether a person read each row in its paper, ndarray of shape (n,); see `sources.bulk`."""
        return ~sources.bulk(self.rows)

    @cached_property
    def conditions(self) -> pd.DataFrame:
        """Conditions of each measurement: ``temperature_C`` and ``phase``."""
        return self.rows[["temperature_C", "phase"]]

    @cached_property
    def fractions(self) -> Fractions:
        """Compositions as one batch of atomic fractions, shape (n, 103)."""
        return Fractions.from_matrix(self.measured.matrix)

    @cached_property
    def compositions(self) -> list[Composition]:
        """Compositions, one a row, made when first asked for: of the fractions where these are exact, else parsed."""
        unique: dict[str, Composition] = {}
        formulas: list[str] = self.rows["formula"].tolist()
        exact = np.full(len(self), None, dtype=object)
        for source in sources.all():
            exact[source.holds(self.rows)] = source.composition
        for row, (formula, of_fractions) in enumerate(zip(formulas, exact.tolist(), strict=True)):
            if formula not in unique:
                unique[formula] = (
                    Composition.parse(formula) if of_fractions is None else of_fractions(self.measured.matrix[row])
                )
        return [unique[formula] for formula in formulas]

    @cached_property
    def reasons(self) -> Mapping[str, int]:
        """Number of dropped rows by reason, most frequent first."""
        if self.dropped.empty:
            return {}
        return {str(reason): int(count) for reason, count in self.dropped["reason"].value_counts().items()}

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 of property, compositions, values, conditions and papers, whatever the order of the rows."""
        rows = self.rows
        parts = np.rint(self.measured.matrix * 1e6).astype("<i4")
        numbers = np.stack([self.values, rows["temperature_C"].fillna(-1e6), rows["weight"]], axis=1)
        texts = rows["paper"] + "|" + rows["phase"] + "|" + rows["unit"]
        hashes = sorted(
            hashlib.blake2b(part.tobytes() + f"{number}".encode() + text.encode(), digest_size=16).digest()
            for part, number, text in zip(
                parts, [[f"{v:.6g}" for v in n] for n in numbers.tolist()], texts, strict=True
            )
        )
        return hashlib.sha256(self.property.name.encode() + b"".join(hashes)).hexdigest()

    def take(self, where: npt.ArrayLike) -> Dataset:
        """Return the rows of a mask or of indices as a data set of its own."""
        return Dataset(self.property, self.measured.take(where), self.dropped)


def load(name: str, *, lab: bool = True, extra: Sequence[Measurements] = ()) -> Dataset:
    """Return all measurements of the property of that name, curated: the embedded ones and the lab's own.

    Repeats of one composition in one SciGlass paper are merged to their median; literature rows stay as they are
    (`sources.Source.merge`). Rows that stand alone against other papers stay with a lower weight and the reason in
    ``doubt``. The lab's own rows have the source ``lab`` and, like rows read in a primary paper, a weight of 1 (0.3
    when the lab itself gave them low confidence); they are curated, but never weighed against other papers. What an
    earlier source holds too, with the same DOI, is dropped from the later one; so is a value that an earlier paper has
    already (`tellings`).

    Parameters
    ----------
    name
        A key of `properties.PROPERTIES`, such as ``"tg"`` or ``"conductivity"``; or ``"glass_formation"``, whose values
        are 2 (glass), 1 (partly crystalline) and 0 (crystalline), one row a point of a table, nothing merged.
    lab
        Whether to take what was added with `lab.add`.
    extra
        Measurements of other readers, such as `obelix.read`.
    """
    prop = find(name)
    if prop is GLASS_FORMATION:
        own = [standing.outcomes()] if lab else []
        return Dataset(prop, Measurements.join([glass_formation.read(), *own, *extra]))
    out = list[pd.DataFrame]()
    measured = Measurements.none()
    for some in sources.together():
        measured = _added(measured, some[0].read(name), prop, out, some)
    for part in extra:
        measured = _added(measured, part, prop, out)
    measured, later = first_tellings(measured, prop)
    out.append(later)
    measured = lower_weight(measured, prop, rules()["disagreement"])
    if lab:
        measured = _added(measured, standing.read(name), prop, out)
    return Dataset(prop, measured, pd.concat(out, ignore_index=True))


def _added(
    measured: Measurements, part: Measurements, prop: Property, out: list[pd.DataFrame], of: Sequence[Source] = ()
) -> Measurements:
    """Measurements with a further part: what it repeats, and what curation refuses, goes to `out`.

    The part may be of several sources that are read together; a later of them gives up what an earlier has too.
    """
    new, retold = drop_retold(measured, part, prop)
    new, refused = curate(new, prop)
    out += [retold, refused]
    if any(source.merge for source in of):
        new = merge_repeats(new, prop)
    if len(of) < 2:
        return Measurements.join([measured, new])
    first, *later = (new.take(source.holds(new.rows)) for source in of)
    for one in later:
        rest, retold = drop_retold(first, one, prop)
        first = Measurements.join([first, rest])
        out.append(retold)
    return Measurements.join([measured, first])
