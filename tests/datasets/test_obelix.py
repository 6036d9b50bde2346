import os
from pathlib import Path

import pytest
from vitrion.datasets import obelix
from vitrion.datasets.measurement import schema

TABLE = """ID,True Composition,Ionic conductivity (S cm-1),DOI
aaa,Li7.0Bi1.0O6.0,1.5e-06,10.1002/ZAAC.1
bbb,Li4.0Na2.0B2.0P4.0O16.0,<1E-10,
"""


def test_reads_values_limits_and_papers(tmp_path):
    (tmp_path / "all.csv").write_text(TABLE)
    rows = obelix.read(tmp_path).rows
    schema().validate(rows)
    assert rows["value"].tolist() == [1.5e-6, 1e-10]
    assert rows["doubt"].tolist() == ["", obelix.UPPER_LIMIT]
    assert rows["group"].tolist() == ["10.1002/zaac.1", "obelix:bbb"]


def test_a_wrong_folder_is_one_sentence(tmp_path):
    with pytest.raises(obelix.FolderError, match=r"holds no all\.csv; give the folder of OBELiX"):
        obelix.read(tmp_path)


def test_the_published_table():
    folder = os.environ.get("VITRION_OBELIX")
    if not folder:
        pytest.skip("OBELiX not read: set VITRION_OBELIX to its folder")
    assert [len(obelix.read(Path(folder), part)) for part in ("all", "train", "test")] == [599, 478, 121]
