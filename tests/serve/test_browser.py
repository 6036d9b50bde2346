"""The same way in Chromium.

With VITRION_SHOTS=docs/images, and VITRION_HOME a home with models, the pictures of the documentation are made anew.
"""

import contextlib
import os
import re
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.serve.settings import Settings
from vitrion.serve.workers import subprocesses as crew

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TINY = str(Path(__file__).parent / "tiny_train.py")
SHOTS, REAL = os.environ.get("VITRION_SHOTS"), os.environ.get("VITRION_HOME")
SIZES = {"wide": (1280, 900), "phone": (390, 844)}


FITS = """() => {
    const over = (one) => one.scrollWidth > one.clientWidth + 1;
    const places = [...document.querySelectorAll("td, th, th button, .tiles li, h1, h2, p")];
    return !over(document.documentElement) && !places.some((one) => one.clientWidth && over(one));
}"""
QUICK = """async () => {
    const { table, rankingColumns } = await import("/static/table.js");
    const row = (n) => ({
        rank: n + 1, formula: `Li${n}AlCl4`, p_goal: (n * 7919 % 1000) / 1000, error: "",
        conductivity_S_cm: 10 ** -(n % 9), conductivity_low_S_cm: 10 ** -(n % 9 + 1),
        conductivity_high_S_cm: 10 ** -(n % 9 - 1), tg_C: n % 300, tg_low_C: n % 300 - 50, tg_high_C: n % 300 + 50,
        verdict: ["inside", "edge", "outside"][n % 3],
    });
    const rows = Array.from({ length: 10000 }, (_, n) => row(n));
    const began = performance.now();
    const made = table({ rows, columns: rankingColumns(25), noun: "candidates" });
    document.body.replaceChildren(made);
    const drawn = performance.now();
    made.querySelectorAll("th button")[2].click();
    const sorted = performance.now();
    const search = made.querySelector("input[type=search]");
    search.value = "li99";
    search.dispatchEvent(new Event("input"));
    return [drawn - began, sorted - drawn, performance.now() - sorted, made.querySelectorAll("tbody tr").length];
}"""


FILTER = """async () => {
    const { table, rankingColumns } = await import("/static/table.js");
    const row = (formula, verdict) => ({
        formula, verdict, error: "", nearest: "Li2ZrOCl4", nearest_doi: "10.1038/x", note: "Tg edge",
    });
    const told = { LiAlCl4: "inside", Li2ZrCl6: "outside", Li3InCl6: "edge", LiNaCl2: "inside" };
    const rows = Object.entries(told).map(([name, verdict]) => row(name, verdict));
    const made = table({ rows, columns: rankingColumns(25), noun: "candidates" });
    const search = made.querySelector("input[type=search]");
    return Object.fromEntries(["Zr", "edge", "In", "li", "Na Li", "zr edge", "Z", "10.1038"].map((words) => {
        search.value = words;
        search.dispatchEvent(new Event("input"));
        return [words, [...made.querySelectorAll("tbody td.formula")].map((cell) => cell.title)];
    }));
}"""


@contextlib.contextmanager
def serving(**settings):
    """The service of the present home on a free port."""
    import uvicorn
    from vitrion.serve.api.app import create_app

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(Settings(track=0, **settings)), "127.0.0.1", port, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A page on which nothing may go wrong unseen."""
    context = browser.new_context(viewport=dict(zip(("width", "height"), SIZES["wide"], strict=True)))
    context.set_default_timeout(60_000)
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda one: None if "127.0.0.1" in one.url or one.url.startswith(("data:", "blob:")) else wrong.append(one.url),
    )
    page.wrong = wrong
    yield page
    assert wrong == []
    context.close()


def fits(page):
    """Nothing is wider than the page, and no text wider than its place."""
    return page.evaluate(FITS)


def shot(page, name, most=1500):
    """A picture of the page from its top."""
    page.wait_for_timeout(800)
    size = page.viewport_size
    high = min(page.evaluate("document.documentElement.scrollHeight"), most)
    clip = {"x": 0, "y": 0, "width": size["width"], "height": high}
    page.screenshot(path=str(Path(SHOTS) / f"service-{name}.png"), full_page=True, clip=clip)


def test_the_whole_way(house, page, monkeypatch):
    monkeypatch.setattr(crew, "COMMAND", (TINY,))
    with serving() as base:
        page.goto(f"{base}/")
        page.get_by_text("Models: tg 8, conductivity 8").wait_for()
        page.get_by_label("Candidates, one formula a line").fill("LiAlCl2.5O0.75\nNaAlCl2.5O0.75\nLiAlCl2..5\nLiAlCl4")
        page.keyboard.press("Control+Enter")
        page.locator("#ranking table").wait_for()
        assert page.locator("#ranking tbody tr").count() == 4
        assert page.locator("#ranking .interval").count() == 6
        assert page.get_by_text("a second decimal point").is_visible()
        assert page.locator("a[href^='https://doi.org/10.1038']").count() >= 1
        page.locator("#ranking .figure .main-svg").first.wait_for()
        page.get_by_role("searchbox").fill("NaAl")
        assert page.locator("#ranking tbody tr").count() == 1
        page.get_by_role("searchbox").fill("")
        for mark in page.locator("#ranking .figure .points path").all():
            place = mark.bounding_box()
            page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
            page.locator("#ranking .hovertext").first.wait_for()
        bold = "parts => parts.some((part) => getComputedStyle(part).fontWeight === '700')"
        assert page.locator("#ranking .hovertext tspan").evaluate_all(bold)

        page.goto(f"{base}/#family")
        page.get_by_role("button", name="Predict the family").click()
        page.locator("#sweep table").wait_for()
        assert page.locator("#sweep .figure .main-svg").count() >= 1

        page.goto(f"{base}/#campaigns")
        page.get_by_label("Name").fill("laco")
        page.get_by_label("Samples in a round").fill("2")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("button", name="Propose the next samples").click()
        page.get_by_role("heading", name="Awaiting results").wait_for()
        proposed = page.locator("main table").first.locator("tbody tr td.formula").all()
        first = [cell.get_attribute("title") for cell in proposed]
        assert len(first) == 2
        for formula, tg in zip(first, (10, 15), strict=True):
            page.get_by_label("Composition", exact=True).fill(formula)
            page.get_by_label("Conductivity, mS/cm").fill("0.31")
            page.get_by_label("Tg, °C", exact=True).fill(str(tg))
            page.locator("#record").get_by_role("button", name="Record").click()
            page.locator("#samples").get_by_role("cell", name="measured", exact=True).nth(
                first.index(formula)
            ).wait_for()
        page.locator("#samples").get_by_role("row", name="0.31").last.get_by_role("button", name="Correct").click()
        page.get_by_role("heading", name="Correct event 3").wait_for()
        assert page.get_by_label("Composition", exact=True).input_value() == first[1]
        page.get_by_label("Tg, °C", exact=True).fill("17")
        page.locator("#record").get_by_role("button", name="Correct", exact=True).click()
        page.get_by_text("All 4 events").click()
        corrected = (
            page.locator("#events")
            .get_by_role("row")
            .filter(has=page.get_by_role("cell", name="corrected corrects event 3"))
        )
        corrected.get_by_role("button", name="Correct", exact=True).click()
        page.get_by_role("heading", name="Correct event 3").wait_for()
        assert page.get_by_label("Tg, °C", exact=True).input_value() == "17"
        page.goto(f"{base}/#campaigns")
        page.goto(f"{base}/#campaigns/laco")
        page.get_by_role("heading", name="Record a result").wait_for()
        page.get_by_role("button", name="Add the results to the lab's data and train").click()
        page.get_by_role("heading", name="Jobs").wait_for()
        page.get_by_role("cell", name="done", exact=True).wait_for(timeout=300_000)

        page.goto(f"{base}/#models")
        page.get_by_text("Models: tg 1, conductivity 1").wait_for()
        page.get_by_role("row", name="tg 8").get_by_role("button", name="Compare").click()
        page.get_by_text("tg 8 did not pass the gate").wait_for()
        page.goto(f"{base}/#campaigns/laco")
        page.get_by_role("button", name="Propose the next samples").click()
        page.get_by_role("heading", name="Awaiting results").wait_for()
        proposed = page.locator("main table").first.locator("tbody tr td.formula").all()
        assert not {cell.get_attribute("title") for cell in proposed} & set(first)


def test_models_say_first_how_good_they_are_at_what_they_are_for(house, page):
    with serving() as base:
        page.goto(f"{base}/#models")
        page.get_by_role("heading", name="Scores on papers that the models never saw").wait_for()
        notices = page.locator("main section p.notice").all_text_contents()
        assert notices == [
            "Li and Na oxyhalides, 15-45 °C: 63 measurements of 24 papers, mean error 0.86 log10(S/cm).",
            "Tg of oxychlorides: based on 2 measurements; P(Tg < 25 °C) of an oxychloride cannot be promised.",
        ]
        chief = page.get_by_role("region", name="scores", exact=True)
        assert chief.locator("thead").inner_text().split("\t").count("by paper") == 2
        subsets = chief.locator("tbody tr td:nth-child(2)").all_text_contents()
        assert subsets == ["Li-Na oxyhalides 15-45 C", "all", "oxychloride electrolytes", "all"]
        assert chief.locator("tbody tr").nth(1).locator("td").nth(7).inner_text() == "87 %"
        assert not page.get_by_role("cell", name="Cl", exact=True).first.is_visible(), "the rest is folded"
        page.get_by_text("2 further subsets").click()
        assert page.get_by_role("cell", name="Cl", exact=True).first.is_visible()
        assert fits(page)


@pytest.mark.parametrize("size", list(SIZES))
def test_any_composition_after_the_results_of_a_campaign(house, page, size):
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    laco = Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0.4:1.1:0.05")
    for formula, tg in (("LiAlCl2.8O0.6", -27.0), ("LiAlCl2.4O0.8", -12.0)):
        laco.record(formula, conductivity_S_cm=1e-3, tg_C=tg)
    with serving() as base:
        page.goto(f"{base}/#campaigns/laco")
        said = page.locator("#intervals")
        said.get_by_text("interval of conductivity: ").wait_for()
        assert re.search(
            r"\d to [\d.]+ decades after 2 results; interval of Tg: \d+ to \d+ K after 2", said.inner_text()
        )
        page.get_by_label("Compositions to predict").fill("LiAlCl2.6O0.7\nLiCl-0.25Al2O3-0.5AlCl3\nLiAlCl2..5")
        page.locator("#predict").get_by_role("button", name="Predict").click()
        rows = page.locator("#predicted tbody tr")
        rows.first.wait_for()
        assert rows.count() == 3
        assert page.locator("#predicted").get_by_role("cell", name="LiCl-0.25Al2O3-0.5AlCl3", exact=True).count() == 1
        assert page.locator("#predicted").get_by_role("columnheader", name="as given").count() == 1
        assert page.locator("#predicted").get_by_text("a second decimal point").is_visible()
        before = page.locator("#predicted td.formula[title='LiAlCl2.6O0.7'] ~ td.number").nth(1).inner_text()
        assert fits(page)
        page.get_by_label("Composition", exact=True).fill("LiAlCl2.6O0.7")
        page.get_by_label("Conductivity, mS/cm").fill("0.002")
        page.locator("#record").get_by_role("button", name="Record").click()
        page.locator("#predicted").get_by_text("measured 0.002 mS/cm at 25 °C, glass").wait_for()
        after = page.locator("#predicted td.formula[title='LiAlCl2.6O0.7'] ~ td.number").nth(1).inner_text()
        assert before != after, "asked again, for there is a result more"
        said.get_by_text("decades after 3 results").wait_for()
        assert fits(page)


def test_the_filter_looks_at_what_a_row_shows(house, page):
    with serving() as base:
        page.goto(f"{base}/")
        assert page.evaluate(FILTER) == {
            "Zr": ["Li2ZrCl6"],
            "edge": ["Li3InCl6"],
            "In": ["Li3InCl6"],
            "li": ["LiAlCl4", "Li2ZrCl6", "Li3InCl6", "LiNaCl2"],
            "Na Li": ["LiNaCl2"],
            "zr edge": [],
            "Z": [],
            "10.1038": [],
        }


def test_what_cannot_be_is_said_in_the_words_of_the_page(house, page, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("formula,conductivity_S_cm,temperature_C\nLiAlCl4,1e-6,25\nNaAlCl4,1.52,25\n")
    with serving() as base:
        for place, words in (
            ("jobs/abc", "no job has this number; the list of jobs shows those that there are"),
            ("jobs/0123456789abcdef0123", "no job has the number '0123456789abcdef0123'; the list of jobs"),
            ("campaigns/a b", "the name of a campaign has letters, digits"),
            ("campaigns/nobody", "no campaign is called 'nobody'; the list of campaigns"),
        ):
            page.goto(f"{base}/#{place}")
            said = page.get_by_role("alert").get_by_text(words)
            said.wait_for()
            assert not re.search(r"/api|\^|--", said.inner_text())
        page.goto(f"{base}/#data")
        page.get_by_label("CSV, Excel or Parquet").set_input_files(path)
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("alert").get_by_text("row 3, conductivity: 1.52 S/cm: no solid of its class").wait_for()
        page.get_by_role("button", name="Add the 1 valid row only").click()
        page.get_by_text("1 fact added as version 1").wait_for()
        assert page.get_by_text("left out: row 3, conductivity: 1.52 S/cm").is_visible()
        page.goto(f"{base}/#rank")
        page.get_by_text("Models: tg 8, conductivity 8").wait_for()
        page.get_by_label("Without elements").fill("Xx")
        page.get_by_role("button", name="Rank", exact=True).click()
        page.get_by_role("alert").get_by_text("Xx is no symbol of an element; give symbols from H to Lr").wait_for()
        page.get_by_label("Without elements").fill("")
        page.get_by_label("Conductivity counts at, °C").fill("300")
        page.get_by_role("button", name="Rank", exact=True).click()
        page.get_by_text("if kelvin is meant (300 K is 26.85 degC)").wait_for()
        page.wrong[:] = [one for one in page.wrong if not re.search("status of 4(04|22)", one)]


def test_without_a_model_there_is_a_button(empty, page):
    with serving() as base:
        page.goto(f"{base}/")
        page.get_by_text("There is no model yet").first.wait_for()
        assert page.get_by_role("button", name="Train the models").is_enabled()
        page.get_by_role("button", name="Rank", exact=True).click()
        page.get_by_role("alert").get_by_text("train first").wait_for()
        page.wrong[:] = [one for one in page.wrong if "503" not in one]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_nothing_is_cut(house, page, size, scheme):
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.emulate_media(color_scheme=scheme)
    with serving() as base:
        page.goto(f"{base}/#rank")
        page.get_by_text("Models: tg 8, conductivity 8").wait_for()
        page.get_by_role("button", name="Rank", exact=True).click()
        page.locator("#ranking .figure .main-svg").first.wait_for()
        assert fits(page)
        for view in ("family", "campaigns", "models", "data", "jobs"):
            page.goto(f"{base}/#{view}")
            page.locator("h1").wait_for()
            assert fits(page), view


def test_ten_thousand_rows_stay_quick(house, page):
    with serving() as base:
        page.goto(f"{base}/")
        *times, rows = page.evaluate(QUICK)
        print(f"10,000 rows: drawn in {times[0]:.0f} ms, sorted in {times[1]:.0f} ms, filtered in {times[2]:.0f} ms")
        assert rows == 50


def pictures_of_the_documentation(empty, page):
    empty.mkdir()
    shutil.copytree(Path(REAL) / "models", empty / "models")
    shutil.copy(Path(REAL) / "champions.json", empty)
    with serving() as base:
        for size, scheme in (("wide", "light"), ("phone", "dark")):
            page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{base}/")
            page.reload()
            page.get_by_text("Models: ").wait_for()
            page.get_by_role("button", name="Rank", exact=True).click()
            page.locator("#ranking .figure .main-svg").first.wait_for()
            assert fits(page)
            shot(page, f"rank-{size}-{scheme}", 2400)
            page.goto(f"{base}/#family")
            page.get_by_role("button", name="Predict the family").click()
            page.locator("#sweep .figure .main-svg").first.wait_for()
            assert fits(page)
            shot(page, f"family-{size}-{scheme}")
            if size == "wide":
                campaign(page, base)
            page.goto(f"{base}/#campaigns/laco")
            page.locator(".figure .main-svg").first.wait_for()
            assert fits(page)
            shot(page, f"campaign-{size}-{scheme}", 2400)


if SHOTS and REAL:
    test_pictures_of_the_documentation = pictures_of_the_documentation


def campaign(page, base):
    """A campaign with a round and its results."""
    page.goto(f"{base}/#campaigns")
    page.get_by_label("Name").fill("laco")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Propose the next samples").click()
    page.get_by_role("heading", name="Awaiting results").wait_for()
    for formula, sigma, tg in (("LiAlCl2.5O0.75", "1.52", "-16.8"), ("LiAlCl2.4O0.8", "1.1", "-9")):
        page.get_by_label("Composition", exact=True).fill(formula)
        page.get_by_label("Conductivity, mS/cm").fill(sigma)
        page.get_by_label("Tg, °C", exact=True).fill(tg)
        page.locator("#record").get_by_role("button", name="Record").click()
        page.locator("#samples").get_by_role("row", name=formula).get_by_role(
            "cell", name="measured", exact=True
        ).wait_for()


@pytest.fixture
def stranger(browser):
    """A browser that nobody has signed in with; no script of a page may fail in it."""
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert wrong == []
    context.close()


def give(page, secret):
    """Fill in a key and send it."""
    page.get_by_label("Access key").fill(secret)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def test_signing_in_and_out(empty, stranger):
    """With keys that do not count, with one that does, by a deep link, and from pages of elsewhere."""
    from vitrion.serve.security.keys import Keyring
    from vitrion.serve.storage.store import Store

    with serving(require_keys=1) as base:
        ring = Keyring(Store(f"sqlite:///{empty / 'service.db'}").engine)
        secret, late, gone = (
            ring.new(name, "researcher", days)[1] for name, days in (("anna", 1), ("ben", 1e-9), ("eve", 1))
        )
        ring.revoke("eve")
        stranger.goto(f"{base}/#campaigns/laco")
        for wrong, words in (("wrong", "Copy it whole"), (late, "it has expired"), (gone, "it was revoked")):
            give(stranger, wrong)
            assert words in stranger.get_by_role("alert").inner_text()
        give(stranger, secret)
        stranger.wait_for_url(f"{base}/#campaigns/laco")
        stranger.get_by_text("anna (researcher)").wait_for()
        assert stranger.evaluate("document.cookie") == "", "no script reads it"
        stranger.goto(f"{base.replace('127.0.0.1', 'localhost')}/static/service.css")
        with stranger.expect_navigation(url=f"{base}/#data"):  # a link of elsewhere: the cookie stays away at first
            stranger.evaluate("(there) => { location.href = there; }", f"{base}/#data")
        stranger.get_by_role("button", name="Sign out").click()
        stranger.wait_for_url(f"{base}/login")
        stranger.goto(f"{base}/#jobs")
        stranger.wait_for_url(f"{base}/login#jobs")
        give(stranger, secret)
        stranger.wait_for_url(f"{base}/#jobs")
        stranger.context.clear_cookies()  # as when the session ends
        stranger.get_by_role("link", name="Campaigns").click()
        stranger.wait_for_url(f"{base}/login#campaigns")


def test_a_form_of_elsewhere_signs_nobody_in(empty, stranger):
    html = {"content-type": "text/html"}
    with serving(require_keys=1) as base:
        for policy in ("same-origin", "no-referrer"):
            form = f"<meta name=referrer content={policy}><form method=post action={base}/login><button>Win</button>"
            stranger.route("http://elsewhere.example/", lambda one, _, form=form: one.fulfill(body=form, headers=html))
            stranger.goto("http://elsewhere.example/")
            with stranger.expect_response(f"{base}/login") as answer:
                stranger.get_by_role("button", name="Win").click()
            assert answer.value.status == 403 and "text/html" in answer.value.headers["content-type"]
            stranger.get_by_text("This request did not come from the page of this service").wait_for()


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_compositions_side_by_side(house, page, size):
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    with serving() as base:
        page.goto(f"{base}/#compare")
        page.get_by_text("Models: tg 8, conductivity 8").wait_for()
        page.get_by_role("button", name="Compare").click()
        page.locator("#compared table").wait_for()
        heads = page.locator("#compared thead th").all_inner_texts()
        assert [head.replace("\n", "") for head in heads] == ["", "LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl"]
        assert page.locator("#compared tbody tr").count() == 10
        links = page.locator("#compared a").evaluate_all("all => all.map((one) => one.href)")
        assert "https://doi.org/10.1038/s41560-023-01356-y" in links
        assert fits(page)
        page.get_by_label("Compositions to compare, one formula a line").fill("LiAlCl2.5O0.75\nLiAlCl2.5O0.75")
        page.get_by_label("Compositions to compare, one formula a line").press("Control+Enter")
        page.get_by_text("is given twice").wait_for()
        assert all("422" in words for words in page.wrong)  # the browser itself tells of the answer
        page.wrong.clear()


@pytest.mark.parametrize("size", SIZES)
def test_what_a_campaign_waits_for_is_weighed_on_a_page_to_print(house, page, tmp_path, size):
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    campaign = Campaign.new("laco", "LiAlCl{4-2x}O{x}", batch=4, x="0.5:1:0.05")
    campaign.propose()
    pending = campaign.pending()
    with serving() as base:
        page.goto(f"{base}/#campaigns/laco")
        page.locator("#batch-sheet").wait_for()
        assert page.get_by_role("link", name="Recipe", exact=True).count() == len(pending) == 4
        page.get_by_label("Grams of each").fill("2")
        assert fits(page)
        page.screenshot(path=tmp_path / "campaign.png", full_page=True)
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Batch sheet of 4").click()
        sheet = opened.value
        sheet.on("console", lambda message: page.wrong.append(message.text) if message.type == "error" else None)
        sheet.set_viewport_size(page.viewport_size)
        sheet.reload()
        assert sheet.get_by_role("heading", name="Batch sheet: 4 samples of 2 g").is_visible()
        assert sheet.evaluate("() => getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
        assert sheet.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
        sheet.screenshot(path=tmp_path / "sheet.png", full_page=True)
        sheet.emulate_media(media="print")
        assert len(re.findall(rb"/Type\s*/Page[^s]", sheet.pdf(prefer_css_page_size=True))) == 1
        sheet.close()
