"""The page needs nothing but itself, and shows hostile text as text."""

import json
import re
from html.parser import HTMLParser
from importlib import resources

import pandas as pd
import pytest
from plotly.offline import get_plotlyjs
from vitrion.datasets.exchange.candidate_table import CandidateTable
from vitrion.experiments.ranking.rank import rank, sweep
from vitrion.experiments.task.goal import Goal
from vitrion.serve.formatting.candidates import joined, usable
from vitrion.serve.pages import campaign_page
from vitrion.serve.pages.page import Column, embedded
from vitrion.serve.pages.reports import columns, goal_words, ranking_page, sweep_page

HOSTILE = ["<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>", "\u2028", '"><b>', "{{ 7*7 }}"]


class Reader(HTMLParser):
    """Tags, their attributes, and the text of each script."""

    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] == "script":
            self.scripts[-1] += data
        else:
            self.texts.append(data)


def parsed(html):
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.fixture
def ranking(models):
    cells = ["LiAlCl2.5O0.75", "NaAlCl4", "LiAlCl4", *HOSTILE]
    table = CandidateTable("list.csv", cells, list(range(2, 10)), {}, {"<i>own</i>": [*HOSTILE, "a", "b", 3]})
    return joined(table, rank(usable(table)))


@pytest.fixture
def page(ranking):
    return ranking_page(ranking, Goal(), 25.0, "<b>list</b>.csv")


def test_nothing_is_fetched(page):
    reader = parsed(page)
    for tag, attributes in reader.tags:
        assert "src" not in attributes, tag
        if "href" in attributes:
            assert attributes["href"] == "data:,"
    assert [tag for tag, _ in reader.tags if tag in ("img", "iframe", "object", "embed", "base", "form")] == []
    policy = next(a["content"] for t, a in reader.tags if t == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy
    own = page.replace(get_plotlyjs(), "")
    assert len(own) < 100_000
    assert set(re.findall(r"https?://[^\s\"'`$]*", own)) <= {"https://doi.org/"}
    assert not re.search(r"@import|url\(", own)


def test_hostile_text_stays_text(page):
    reader = parsed(page)
    assert len(reader.scripts) == 3
    assert "alert(2)" not in "".join(reader.texts)
    assert page.count("<img") == max(reader.scripts, key=len).count("<img")
    data = json.loads(reader.scripts[0])
    formulas = [row[1] for row in data["rows"]]
    assert set(HOSTILE) <= set(formulas)
    assert "<b>list</b>.csv" not in page
    assert "49" not in re.search("<h1>.*?</h1>", page, re.DOTALL)[0]


def test_data_hold_every_row_and_no_nan(page, ranking):
    data = json.loads(parsed(page).scripts[0], parse_constant=pytest.fail)
    assert len(data["rows"]) == 8
    keys = [column["key"] for column in data["columns"]]
    assert keys[:5] == ["rank", "formula", "p_goal", "__mS", "tg_C"]
    assert {"nearest_doi", "note", "error", "<i>own</i>"} <= set(keys)
    formula, front = keys.index("formula"), keys.index("__front")
    assert {row[formula] for row in data["rows"] if row[front]} == set(ranking["formula"][ranking["pareto"].eq(True)])
    assert "pareto" not in keys
    assert [part["width"] for part in data["annotations"]] == [340, 740, 1060]


def test_page_names_models_scores_and_goal(page):
    assert "2026-01-08" in page
    for words in (
        "Li and Na oxyhalides, 15-45 °C: 63 measurements of 24 papers, mean error 0.86 log10(S/cm)",
        "Tg of oxychlorides: based on 2 measurements; P(Tg &lt; 25 °C) of an oxychloride cannot be promised",
    ):
        assert words in page
    assert re.search(r"<td>all</td><td>[\d.]+ K</td><td>1.3</td><td>90 %</td><td>87 %</td>", page)
    assert page.index("Li and Na oxyhalides, 15-45 °C</td>") < page.index("<td>all</td>")
    assert "<td>Cl</td>" not in page, "what is not chief stands in vitrion models show"
    assert "at least 1 mS/cm at 25 °C, and Tg of at most 25 °C" in page


def test_page_without_one_readable_candidate(models):
    table = CandidateTable("list.csv", ["?", None], [2, 3], {}, {})
    html = ranking_page(joined(table, rank(usable(table))), Goal(), 25.0, "list.csv")
    assert "No candidate could be read" in html


def test_page_of_a_long_list_says_what_it_leaves_out(models):
    cells = [f"LiAlCl{4 - 2 * x / 10000:.4f}O{x / 10000:.4f}" for x in range(1, 6002)]
    table = CandidateTable("list.csv", cells, list(range(2, 6003)), {}, {})
    html = ranking_page(joined(table, rank(usable(table))), Goal(), 25.0, "list.csv")
    assert "The first 5,000 of 6,001 rows" in html
    assert len(html) < 9_000_000


def test_sweep_page(models):
    ranges = {"x": "0:1:0.25", "y": "0:1:0.5"}
    table = sweep("Li{1-y}Na{y}AlCl{4-2x}O{x}", **ranges)
    data = json.loads(parsed(sweep_page(table, ["x", "y"], Goal(), 25.0, "Li{1-y}...")).scripts[0])
    assert [column["key"] for column in data["columns"]][:3] == ["x", "y", "rank"]
    assert len(data["rows"]) == 15


def test_embedded_json_cannot_end_its_element():
    text = embedded({"a": ["</script><!--", float("inf"), "\u2029&"]})
    assert not set("<>&\u2029") & set(text)
    assert json.loads(text) == {"a": ["</script><!--", None, "\u2029&"]}


def test_goals_in_words():
    assert goal_words(Goal(), 25.0) == "at least 1 mS/cm at 25 °C, and Tg of at most 25 °C"
    assert goal_words(Goal(conductivity_S_cm=None), 25.0) == "Tg of at most 25 °C"
    goal = Goal(tg_C=None, weights={"liquidus": 2}, limits={"liquidus": {"below": 160}, "youngs_modulus": {"above": 5}})
    assert goal_words(goal, 60.0) == (
        "at least 1 mS/cm at 60 °C, liquidus temperature of at most 160 °C (weight 2), "
        "and Young's modulus of at least 5 GPa"
    )


def test_temperatures_variables_and_own_numbers_are_shown_with_all_of_their_digits():
    """298.15 in a column of temperatures is not 300."""
    table = pd.DataFrame({"formula": ["LiCl"], "temperature_C": [298.15], "x": [0.125], "T (K)": [571.3], "id": ["a"]})
    shown = {column.key: column.format for column in columns(table, None, [Column("x", "x", "given")])}
    assert {key: shown[key] for key in ("temperature_C", "x", "T (K)", "id")} == {
        **dict.fromkeys(("temperature_C", "x", "T (K)"), "given"),
        "id": "text",
    }
    assert {column.key: column.format for column in campaign_page._columns(25.0)}["found_at_C"] == "given"
    folder = resources.files("vitrion.serve.pages")
    for script in ("static/dom.js", "templates/page.js"):
        text = (folder / script).read_text(encoding="utf-8")
        assert text.index('format === "given") return String(Number(value.toPrecision(12)))') < text.index("ecision(2)")
    assert 'key: "temperature_C", label: "T, °C", format: "given"' in (folder / "static/table.js").read_text("utf-8")
