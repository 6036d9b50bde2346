import importlib.util
import os
import sys
import types
from pathlib import Path

import pytest
from vitrion.datasets.measurement import schema
from vitrion.datasets.sources import obelix

TABLE = """ID,True Composition,Ionic conductivity (S cm-1),DOI
aaa,Li7.0Bi1.0O6.0,1.5e-06,10.1002/ZAAC.1
bbb,Li4.0Na2.0B2.0P4.0O16.0,<1E-10,
"""


def test_reads_values_limits_and_papers(tmp_path):
    (tmp_path / "all.csv").write_text(TABLE)
    rows = obelix.read(tmp_path).rows
    schema().validate(rows)
    assert set(rows["licence"]) == {"CC-BY-4.0"}
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


def package(fault=None):
    """Return a stand-in for obelix-data: it makes the folder first and may fail then, as the real one does."""

    class OBELiX:
        def __init__(self, data_path, no_cifs, unspecified_low_value):
            assert no_cifs
            assert unspecified_low_value is None
            folder = Path(data_path)
            folder.mkdir()
            (folder / "all.csv").write_text(TABLE)
            if fault:
                raise fault
            (folder / "test.csv").write_text(
                "ID,True Composition,Ionic conductivity (S cm-1),DOI\naaa,Li7BiO6,1.5e-06,\n"
            )

    return types.SimpleNamespace(OBELiX=OBELiX)


def test_the_package_downloads_once_into_the_home_folder(monkeypatch, home):
    monkeypatch.setitem(sys.modules, "obelix", package())
    assert len(obelix.read()) == 2
    monkeypatch.setitem(sys.modules, "obelix", None)
    assert obelix.read(part="train").rows["place"].tolist() == ["entry bbb"]
    assert obelix.read(part="test").rows["place"].tolist() == ["entry aaa"]
    assert [path.name for path in home.iterdir()] == ["obelix"]


def test_a_download_that_fails_leaves_nothing(monkeypatch, home):
    monkeypatch.setitem(sys.modules, "obelix", package(OSError("no network")))
    with pytest.raises(obelix.PackageError, match=r"could not be downloaded \(no network\).*or give a folder"):
        obelix.read()
    assert list(home.iterdir()) == []


@pytest.mark.skipif(importlib.util.find_spec("obelix") is not None, reason="obelix-data is installed")
def test_without_the_package_the_message_says_how_to_install_it():
    with pytest.raises(obelix.PackageError, match="pip install obelix-data"):
        obelix.read()


@pytest.mark.slow
def test_what_the_embedded_table_holds_too_is_counted_once(tmp_path):
    from vitrion.datasets import load
    from vitrion.datasets.curation.duplicates import TOLD_TWICE

    known = load("conductivity").rows
    row = known[
        (known["doi"] != "") & (known["temperature_C"] == 25) & ~known["formula"].str.contains("[^A-Za-z0-9.]")
    ].iloc[0]
    (tmp_path / "all.csv").write_text(TABLE + f"ccc,{row['formula']},{row['value']},{row['doi'].upper()}\n")
    data = load("conductivity", extra=[obelix.read(tmp_path)])
    assert (data.rows["source"] == "OBELiX").sum() == 2
    own = data.dropped[data.dropped["source"] == "OBELiX"]
    assert own.loc[own["reason"] == TOLD_TWICE, "place"].tolist() == ["entry ccc"]
