"""Which measurements are of one laboratory: papers of one first author, and papers that share values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def laboratories(groups: pd.Series[str], authors: pd.Series[str]) -> npt.NDArray[np.object_]:
    """Laboratory of each row, shape (n,): rows that share a group or a first author are of one.

    >>> laboratories(pd.Series(["a", "b", "b", "c"]), pd.Series(["Tatsumisago", "Tatsumisago", "", ""])).tolist()
    ['Tatsumisago', 'Tatsumisago', 'Tatsumisago', 'c']
    """
    group, group_names = pd.factorize(groups)
    author, author_names = pd.factorize(authors.where(authors != ""))
    named = author >= 0
    size = len(group_names) + len(author_names)
    edges = (np.ones(int(named.sum())), (group[named], len(group_names) + author[named]))
    label = connected_components(coo_array(edges, shape=(size, size)), directed=False)[1]
    rank = np.argsort(np.argsort(np.array([*group_names, *author_names], dtype=object)))
    rank[: len(group_names)] += size  # authors first
    first = np.lexsort((rank, label))[np.unique(label[np.lexsort((rank, label))], return_index=True)[1]]
    names = np.array([*group_names, *author_names], dtype=object)[first]
    return np.asarray(names[label[group]], dtype=object)
