"""Candidates that stand in a list more than once: predicted once, and noted."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

REPEATS = "repeats"  # in the attrs of a ranking: places of candidates that stand higher already, and their own notes
SAME_AS = "same_as"  # in the attrs of a ranking: these places, each with that of the candidate that stands higher
USUAL_C = 25.0  # at which a conductivity counts where nothing else is said
Rows = npt.NDArray[np.intp]
Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


def distinct(matrix: Matrix, names: list[str], temperature: Vector | None) -> tuple[Rows, Rows]:
    """Rows of different compositions (at different temperatures, where each has its own), and which each row is.

    Numbers of one candidate may hang in their last bits on who stands beside it. These rows stand in an order of
    their own, so that the order of the list changes nothing, and equal candidates get equal numbers.
    """
    warm = np.zeros(len(names)) if temperature is None else temperature
    by_name = np.array(sorted(range(len(names)), key=lambda row: (names[row], warm[row])), dtype=np.intp)
    held = matrix[:, matrix.any(axis=0)]
    held = np.ascontiguousarray((held if temperature is None else np.column_stack([held, warm]))[by_name])
    lines = held.view(np.dtype((np.void, held.strides[0]))).ravel()
    _, first, which = np.unique(lines, return_index=True, return_inverse=True)
    back = np.empty_like(by_name)
    back[by_name] = np.arange(len(by_name))
    return by_name[first], which.ravel()[back]


def with_repeats(ranked: pd.DataFrame) -> tuple[list[str], dict[str, tuple[tuple[int, Any], ...]]]:
    """Notes, with those on a composition that stands higher in the ranking already, at the same temperature.

    The second part tells which rows these are, by their labels in the index, for the attrs of a ranking: under
    `REPEATS` the note of each without that, and under `SAME_AS` the label of the row that stands higher.
    """
    first: dict[tuple[int, float], tuple[int, str]] = {}
    notes: list[str] = []
    repeats, same = list[tuple[int, str]](), list[tuple[int, int]]()
    warm = ranked["temperature_C"].tolist() if "temperature_C" in ranked else [USUAL_C] * len(ranked)
    told = zip(*(ranked[name].tolist() for name in ("key", "formula", "note", "error")), warm, strict=True)
    for place, (key, formula, note, error, temperature) in zip(ranked.index.tolist(), told, strict=True):
        if error:
            notes.append(note)
            continue
        known = first.get((key, temperature))
        if known is None:
            notes.append(note)
            first[key, temperature] = int(place), formula
        else:
            notes.append("; ".join(filter(None, (note, f"same composition as {known[1]}, ranked above it"))))
            repeats.append((int(place), note))
            same.append((int(place), known[0]))
    return notes, {REPEATS: tuple(repeats), SAME_AS: tuple(same)}
