"""The end of a ranking in a terminal says what is missing in it."""

import pandas as pd
from vitrion.serve.formatting.summary import glass_words


def test_a_ranking_without_a_model_of_glass_formation_says_so_once():
    table = pd.DataFrame({"verdict": ["inside", "outside"], "p_glass": [float("nan")] * 2})
    assert glass_words(table).endswith("vitrion train -p glass_formation")
    assert not glass_words(table.assign(p_glass=[0.9, float("nan")]))
    assert not glass_words(table.assign(verdict=["", ""])), "nothing could be read"
    assert not glass_words(table.drop(columns="p_glass")), "a table of an older version"
