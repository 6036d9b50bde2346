import numpy as np
import pandas as pd
from vitrion.datasets import load
from vitrion.datasets.curation.laboratories import laboratories


def test_papers_of_one_first_author_and_groups_join_in_a_chain():
    group = pd.Series(["1", "2", "2", "3", "4"])
    author = pd.Series(["Ito", "Ito", "Kim", "Kim", "Abe"])
    assert laboratories(group, author).tolist() == ["Ito", "Ito", "Ito", "Ito", "Abe"]


def test_a_paper_without_author_is_its_own():
    assert laboratories(pd.Series(["10.1/a", "10.1/b"]), pd.Series(["", ""])).tolist() == ["10.1/a", "10.1/b"]


def test_no_group_and_no_author_is_in_two():
    data = load("conductivity", lab=False)
    rows = data.rows.assign(laboratory=data.laboratories)
    named = rows[rows["author"] != ""]
    for table, by in ((rows, "group"), (named, "author")):
        assert len(table.drop_duplicates([by, "laboratory"])) == table[by].nunique()
    assert np.unique(data.laboratories).size < rows["group"].nunique()
