"""A candidate is parsed at most once on its way, at every door: plain formulas never, the others once."""

from collections import Counter

import pandas as pd
import pytest
import vitrion
from typer.testing import CliRunner
from vitrion import Campaign
from vitrion.experiments.campaign_log import candidates as campaign_candidates
from vitrion.experiments.campaign_log import events
from vitrion.features import composition
from vitrion.serve.cli import commands as cli

pytestmark = pytest.mark.filterwarnings("ignore")
PLAIN = [f"LiAlCl{4 - 2 * n / 100:.2f}O{n / 100:.2f}" for n in range(30, 36)]
CAREFUL = [f"{n / 100:.2f}Li2O-TaCl5" for n in range(50, 56)]
CANDIDATES = [*PLAIN, *CAREFUL, *CAREFUL, PLAIN[0], "LiAlCl2..5"]


@pytest.fixture
def parses(monkeypatch):
    """How often each text was parsed."""
    counted, usual = Counter(), composition.parse

    def parse(text):
        counted[text] += 1
        return usual(text)

    events.parsed.cache_clear()
    campaign_candidates._pool.cache_clear()
    monkeypatch.setattr(composition, "parse", parse)
    return counted


EXPECTED = dict.fromkeys(PLAIN, 0) | dict.fromkeys([*CAREFUL, CANDIDATES[-1]], 1)


def once(parses):
    """Whether every candidate that is no plain formula was parsed, none twice."""
    return {text: parses[text] for text in EXPECTED} == EXPECTED


def test_in_python(house, parses):
    vitrion.rank(CANDIDATES)
    assert once(parses), parses


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_by_the_command(house, parses, tmp_path, ending):
    path = tmp_path / f"list.{ending}"
    table = vitrion.rank(CANDIDATES)[["input"]].rename(columns={"input": "formula"})
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    parses.clear()
    done = CliRunner().invoke(cli.app, ["rank", str(path)])
    assert done.exit_code == 0, done.output
    assert once(parses), parses


@pytest.mark.parametrize("more", [{}, {"temperatures_C": [25.0] * len(CANDIDATES)}])
def test_by_the_service(http, parses, more):
    answer = http.post("/api/v1/rank", json={"candidates": CANDIDATES, **more})
    assert answer.status_code == 200
    assert once(parses), parses


def test_in_a_campaign(house, parses):
    Campaign.new("laco", CANDIDATES[:-1])
    texts = set(CANDIDATES[:-1])
    assert {text: parses[text] for text in texts} == dict.fromkeys(texts, 1), parses
    parses.clear()
    Campaign.load("laco").rank(CANDIDATES)
    assert once(parses), parses
    assert max(parses.values()) == 1


def test_equal_candidates_are_the_same_row_of_the_list(house, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("formula\nLi2Al2Cl8\nNaAlCl4\nLiAlCl4\n")
    out = tmp_path / "out.csv"
    assert CliRunner().invoke(cli.app, ["rank", str(path), "-o", str(out)]).exit_code == 0
    table = pd.read_csv(out).set_index("input")
    assert "same composition as row 2" in table.loc["LiAlCl4", "note"]
