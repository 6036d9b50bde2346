"""Batch sheets by command, over REST, by the client, and as a page that prints on A4."""

import base64
import hashlib
import io
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import vitrion
from typer.testing import CliRunner
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.synthesis.page import DATA, STYLE
from vitrion.serve.admission.admission import OF_BATCH_SHEET
from vitrion.serve.cli import app
from vitrion.serve.client import Client
from vitrion.serve.client.transport import ServiceError

LACO, NACO = "LiAlCl2.5O0.75", "NaAlCl2.5O0.75"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def run(*arguments):
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_the_command_prints_the_sheet_as_csv_into_a_pipe(empty):
    result = run("recipe", LACO, "--mass", 10, "--purity", "LiCl=0.99", "--excess", "AlCl3=0.02")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(io.StringIO(result.stdout))
    assert table["precursor"].tolist() == ["LiCl", "AlCl3", "Sb2O3"]
    assert table["mass_g"].tolist() == [3.182, 10.108, 5.417] and table["excess_percent"].tolist() == [0, 2, 0]


def test_the_command_writes_files_and_prints_what_to_mind(empty, tmp_path):
    stock = tmp_path / "bottles.csv"
    stock.write_text("Formula;purity;lot;dried\nLiCl;99 %;A1;2026-11-20\nAlCl3;;B2;\n", encoding="utf-8")
    paths = [tmp_path / f"out.{ending}" for ending in ("html", "csv", "json")]
    outputs = [part for path in paths for part in ("-o", path)]
    result = run("recipe", LACO, NACO, "--stock", stock, "--with", "Sb2O3", *outputs)
    assert result.exit_code == 0, result.output
    told = json.loads(paths[2].read_text(encoding="utf-8"))
    assert [line["lot"] for line in told["recipes"][0]["weighed"]] == ["A1", "B2", ""]
    assert "target loss 45." in result.stdout and "AlCl3 sublimes at 180 °C" in result.stdout
    assert "not in the stock: Sb2O3" in result.stdout and "other routes (--route): hydrate" in result.stdout
    assert "2026-11-20" in paths[0].read_text(encoding="utf-8") and len(pd.read_csv(paths[1])) == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("LiAlCl2..5",), "second decimal point"),
        ((LACO, "--mass", "0"), "mass_g is 0; give a mass in g above zero"),
        ((LACO, "--purity", "LiCl=99"), "write 0.99 for 99 %"),
        ((LACO, "--purity", "LiCl"), "names no share; write --purity"),
        ((LACO, "--excess", "AlCl3=much"), "write 0.02 for 2 %"),
        ((LACO, "--without", "Sb2O4"), "Sb2O4 is not a precursor with a price; name Sb2O3"),
        ((LACO, "--route", "firing"), "there are antimony oxide"),
        ((LACO, "--stock", "nothing.csv"), "is not there"),
        ((LACO, "-o", "sheet.pdf"), "end the name in .html, .csv or .json"),
        ((), "give compositions or --campaign NAME"),
        ((LACO, "--campaign", "laco"), "and not both"),
        (("LiMnCl3",), "such as MnCl2"),
    ],
)
def test_the_command_refuses_what_cannot_be_made(empty, arguments, words):
    result = run("recipe", *arguments)
    assert result.exit_code == 2 and words in result.stderr.replace("\n", " ")


def test_a_round_is_weighed_and_its_sheet_records_the_results(house, tmp_path):
    campaign = Campaign.new("laco", "LiAlCl{4-2x}O{x}", batch=2, x="0.5:1:0.1")
    campaign.propose()
    sheet = tmp_path / "round.csv"
    result = run("recipe", "--campaign", "laco", "-o", sheet)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(sheet, dtype=object)
    assert list(dict.fromkeys(table["formula"])) == Campaign.load("laco").pending()
    first = table["sample"] == table["sample"][0]
    table["weighed"] = table["mass_g"]
    table.loc[first.idxmax(), ["conductivity_mS_cm", "temperature_C", "tg_C"]] = ["1.1", "25", "-10"]
    table.to_csv(sheet, index=False)
    assert run("campaign", "record", "laco", "--table", sheet).exit_code == 0
    state = Campaign.load("laco")
    assert len(state.pending()) == 1
    assert run("data", "add", sheet).exit_code == 0
    assert "weighed: LiCl 0.3" in run("data", "show", "lab").stdout
    proposal = run("propose", "LiAlCl{4-2x}O{x}", "--var", "x=0.5:1:0.1", "--batch", 1, "--results", sheet)
    assert proposal.exit_code == 0, proposal.output


def test_the_service_weighs_and_the_client_gives_the_same_sheet(http):
    body = {"candidates": [LACO], "mass_g": 10, "purity": {"LiCl": 0.99}, "stock": [{"formula": "LiCl", "lot": "A1"}]}
    answer = http.post("/api/v1/recipe", json=body)
    assert answer.status_code == 200, answer.text
    assert [line["mass_g"] for line in answer.json()["recipes"][0]["weighed"]] == [3.182, 9.91, 5.417]
    client = Client("http://testserver", transport=http._transport)
    given = {"purity": {"LiCl": 0.99}, "stock": pd.DataFrame(body["stock"])}
    assert client.recipe([LACO], 10, **given) == vitrion.recipe([LACO], 10, **given)
    with pytest.raises(ServiceError, match="is no purity") as refused:
        client.recipe(LACO, purity={"LiCl": 2})
    assert refused.value.status == 422 and refused.value.errors[0]["where"] == "purity.LiCl"


@pytest.mark.parametrize(
    ("body", "where", "words"),
    [
        ({"mass_g": 0}, "mass_g", "a mass in g above zero"),
        ({"purity": {"LiCl": 99}}, "purity.LiCl", "above 0 and at most 1"),
        ({"purity": {"TaCl5": 0.9}}, "purity", "AlCl3"),
        ({"without": ["Sb2O4"]}, "without", "Sb2O3"),
        ({"using": ["LiCl"]}, "using", "Sb2O3"),
        ({"route": "magic"}, "route", "antimony oxide"),
        ({"excess": {"LiCl": 0.1}}, "excess.LiCl", "AlCl3"),
        ({"stock": [{"formula": "KMnO4"}]}, "stock", ""),
        ({"year": 1900}, None, "no price is dated 1900"),
        ({"candidates": ["LiMnCl3"]}, "candidates", "MnCl2"),
    ],
)
def test_the_service_says_what_would_be_right(http, body, where, words):
    answer = http.post("/api/v1/recipe", json={"candidates": [LACO], **body})
    told = answer.json()
    assert answer.status_code == 422, told
    if where is None:
        assert words in told["detail"]
    else:
        assert told["errors"][0]["where"] == where and words in told["errors"][0]["message"]


def test_the_page_to_print_comes_by_its_address_and_its_style_is_allowed(http):
    answer = http.get("/api/v1/recipe", params={"formula": [LACO, NACO], "mass_g": 2})
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    style = re.search("<style>(.*?)</style>", answer.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"sha256-{digest}" == OF_BATCH_SHEET and OF_BATCH_SHEET in answer.headers["content-security-policy"]
    assert style == (DATA / STYLE).read_text(encoding="utf-8") and "style=" not in answer.text
    table = http.get("/api/v1/recipe", params={"formula": LACO, "format": "csv"})
    assert table.text == vitrion.recipe(LACO).to_csv()
    assert http.get("/api/v1/recipe", params={"formula": LACO, "mass_g": "nan"}).status_code == 422


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize(
    "formulas",
    [
        [LACO],
        [LACO, "LiAlCl2.7O0.65", "LiAlCl2.3O0.85", "LiAlCl2.6O0.7"],
        [LACO, "Li2ZrOCl4", "NaTaOCl4", "LiAl0.5Ga0.5Cl2.5O0.75"],
    ],
)
def test_a_batch_prints_on_one_page_with_nothing_cut(tmp_path, formulas):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "sheet.html"
    path.write_text(vitrion.recipe(formulas, 10, excess={"AlCl3": 0.02}).to_html(), encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 710, "height": 1040})
        page.goto(path.as_uri())
        page.emulate_media(media="print")
        printed = page.pdf(prefer_css_page_size=True)
        cut = page.evaluate(
            "() => [...document.querySelectorAll('td, th, p, li, h1, h2')]"
            ".filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > 711)"
            ".map((one) => one.textContent)"
        )
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    assert not cut
    assert Path(path).stat().st_size < 40_000
