"""A home folder and both databases of November 2026, before the modules moved into rooms, open and answer the same."""

import json
import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from vitrion import Campaign
from vitrion.datasets import load
from vitrion.serve.security.keys import Keyring
from vitrion.serve.storage import schema
from vitrion.serve.storage.store import Store

KEPT = Path(__file__).parents[1] / "data" / "home-2026-11"


def restored(name, path):
    """A SQLite database from its dump."""
    database = sqlite3.connect(path)
    database.executescript((KEPT / name).read_text(encoding="utf-8"))
    database.close()
    return path


def frame(told):
    return pd.DataFrame(told["data"], columns=told["columns"])


@pytest.fixture
def home(tmp_path, monkeypatch):
    shutil.copytree(KEPT / "campaigns", tmp_path / "campaigns")
    restored("lab.sql", tmp_path / "lab.sqlite")
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    return tmp_path


def same(table, kept):
    """Each column that was kept is there with the values it had, to the last bit."""
    assert set(kept) <= set(table)
    now = json.loads(table[list(kept)].reset_index(drop=True).to_json(orient="split", double_precision=15))
    pd.testing.assert_frame_equal(frame(now), kept, check_exact=True)


def kept_history():
    return frame(json.loads((KEPT / "history.json").read_text(encoding="utf-8")))


def test_a_campaign_of_a_folder_has_its_history(home):
    campaign = Campaign.load("laco")
    same(campaign.history(), kept_history())
    again = Campaign.from_json(campaign.to_json())
    same(again.history(), kept_history())


@pytest.mark.parametrize("name", ["tg", "conductivity"])
def test_own_measurements_are_loaded_as_they_were(home, name):
    rows = load(name).rows
    kept = frame(json.loads((KEPT / "lab.json").read_text(encoding="utf-8"))[name])
    assert len(kept) == 2
    same(rows[rows["source"] == "lab"], kept)


def test_keys_of_sqlite_count(tmp_path):
    path = restored("service.sql", tmp_path / "service.db")
    check_keys(f"sqlite:///{path}", "8b1dd13bf2e8")


def test_keys_and_campaigns_of_postgresql_count(fresh_postgresql, tmp_path, monkeypatch):
    url = fresh_postgresql.replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for line in (KEPT / "postgresql.sql").read_text(encoding="utf-8").split(";\n"):
            if line.strip():
                connection.exec_driver_sql(line.replace("%", "%%"))
    engine.dispose()
    check_keys(url, "5963807734bb")
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    monkeypatch.setenv("VITRION_DATABASE_URL", fresh_postgresql)
    kept = kept_history().drop(columns="at")  # a campaign of its own, begun some minutes later
    same(Campaign.load("laco").history(), kept)


def check_keys(url, number):
    assert schema.upgrade(url) == schema.revisions()[0]
    store = Store(url)
    (key,) = Keyring(store.engine).all()
    assert (key.id, key.name, key.scope, key.revoked) == (number, "anna", "researcher", None)
    assert store.jobs() == []
    store.close()
