import hashlib

import pyarrow.parquet as pq
import pytest
from vitrion.datasets.builders import sciglass as sciglass_build
from vitrion.datasets.cards import CARDS, DATA, Card, CardError, card, cards


@pytest.mark.parametrize("name", CARDS)
def test_every_file_is_the_one_on_its_card(name):
    source = card(name)
    source.verify()
    assert source.title
    assert source.licence
    assert source.attribution
    assert source.notes
    if source.path.suffix == ".csv":
        assert source.rows == len(source.path.read_text(encoding="utf-8").splitlines()) - 1


def test_every_data_file_has_a_card():
    files = {path.name for path in DATA.iterdir() if not path.name.endswith(".card.toml")}
    assert {name for name in files if not name.startswith("LICENSE")} == {source.file for source in cards()}


def test_card_of_sciglass_states_rows_size_and_fingerprint():
    source = card("sciglass")
    table = pq.read_table(source.path)
    assert table.num_rows == source.rows
    assert source.path.stat().st_size < 12e6
    assert sciglass_build.fingerprint(table) in source.notes[0]
    assert (DATA / "LICENSE-ODbL-1.0.txt").exists()


def test_a_changed_file_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr("vitrion.datasets.cards.DATA", tmp_path)
    (tmp_path / "a.csv").write_text("formula\n")
    wrong = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(CardError, match=r"a\.csv: sha256 is"):
        Card("a", "A", "a.csv", "MIT", "us", "here", wrong, 0).verify()


def test_an_unknown_card_names_the_known_ones():
    with pytest.raises(CardError, match="sciglass"):
        card("icsd")
