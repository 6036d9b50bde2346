"""Rankings that have an address, rows that stay one's own, and filters, in Chromium."""

import csv
import importlib.util
import io
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from vitrion.features import Composition

spec = importlib.util.spec_from_file_location("browser_tests", Path(__file__).with_name("test_browser.py"))
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)
browser, page, serving, fits = shared.browser, shared.page, shared.serving, shared.fits

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
BOX = "Candidates, one formula a line"
LIST = "LiAlCl2.5O0.75\nNaAlCl2.5O0.75\nLiGaCl2.5O0.75\nLiTaCl4O\nLiAlCl2.51O0.745\nLiAlCl4"


def ranked(page, base, text, count=None):
    """Rank a text at the page; return the formulas that are shown."""
    page.goto(f"{base}/#rank")
    page.get_by_text("Models: tg 8, conductivity 8").wait_for()
    page.get_by_label(BOX).fill(text)
    page.get_by_role("button", name="Rank", exact=True).click()
    page.wait_for_url("**/#rankings/*")
    page.locator("#ranking table").wait_for()
    return formulas(page)


def formulas(page):
    return [cell.get_attribute("title") for cell in page.locator("#ranking tbody td.formula").all()]


def downloaded(page, name):
    """Rows of the CSV file behind a button."""
    with page.expect_download() as file:
        page.get_by_role("button", name=name).click()
    return list(csv.DictReader(io.StringIO(Path(file.value.path()).read_text(encoding="utf-8"))))


def test_a_ranking_has_an_address(house, page, browser):
    with serving() as base:
        page.goto(f"{base}/#rank")
        page.get_by_label("Tg at most, °C").fill("60")
        shown = ranked(page, base, LIST)
        address = page.url
        page.reload()
        page.locator("#ranking table").wait_for()
        assert formulas(page) == shown
        assert page.get_by_label(BOX).input_value() == LIST
        assert page.get_by_label("Tg at most, °C").input_value() == "60"
        assert not page.locator("#stale").is_visible()

        context = browser.new_context(viewport={"width": 390, "height": 844})
        other = context.new_page()
        other.goto(address)
        other.locator("#ranking table").wait_for()
        assert formulas(other) == shown
        assert other.get_by_label(BOX).input_value() == LIST
        assert other.get_by_label("Tg at most, °C").input_value() == "60"
        assert other.get_by_text("Models: tg 8, conductivity 8; ranked").is_visible()
        assert fits(other)
        context.close()

        page.get_by_label("Tg at most, °C").fill("70")
        assert page.locator("#stale").is_visible()
        assert "stale" in page.locator("#ranking").get_attribute("class")
        page.reload()
        page.locator("#ranking table").wait_for()
        assert page.locator("#stale").is_visible(), "what was typed survives, and the result is as old as before"
        page.get_by_role("button", name="Rank", exact=True).click()
        page.locator("#stale").wait_for(state="hidden")
        page.wait_for_url(lambda url: "#rankings/" in url and url != address)
        page.get_by_text("Recent rankings").click()
        page.locator(".recent li").nth(1).wait_for()
        page.go_back()
        page.wait_for_url(address)
        expect(page.get_by_label("Tg at most, °C")).to_have_value("60")
        page.locator("#ranking table").wait_for()
        assert formulas(page) == shown and not page.locator("#stale").is_visible()


def test_a_family_has_an_address(house, page, browser):
    with serving() as base:
        page.goto(f"{base}/#family")
        page.get_by_label("Ranges: x=0:1.5:0.05").fill("x=0.2:1:0.1")
        page.get_by_role("button", name="Predict the family").click()
        page.wait_for_url("**/#sweeps/*")
        page.locator("#sweep table").wait_for()
        title = page.locator("#sweep h1").inner_text()
        context = browser.new_context()
        other = context.new_page()
        other.goto(page.url)
        other.locator("#sweep table").wait_for()
        assert other.locator("#sweep h1").inner_text() == title
        assert other.get_by_label("Ranges: x=0:1.5:0.05").input_value() == "x=0.2:1:0.1"
        context.close()
        page.goto(f"{base}/#family")
        page.get_by_text("Recent families").wait_for()
        page.locator(".recent li").wait_for(state="attached")


def test_a_job_that_was_left_shows_its_bar_again(house, page):
    with serving(work=0) as base:  # nobody works on it: it waits
        page.goto(f"{base}/#rank")
        page.get_by_text("Models: tg 8, conductivity 8").wait_for()
        page.get_by_label(BOX).fill("formula\tsample\nLiAlCl4\tA1\nNaAlCl4\tA2")
        page.get_by_role("button", name="Rank", exact=True).click()
        page.wait_for_url("**/#rankings/*")
        page.get_by_role("progressbar", name="Progress").wait_for()
        page.get_by_role("link", name="Data").click()
        page.get_by_role("heading", name="Training data").wait_for()
        page.get_by_role("link", name="Rank", exact=True).click()
        page.get_by_role("progressbar", name="Progress").wait_for()
        page.reload()
        page.get_by_role("progressbar", name="Progress").wait_for()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("This ranking was cancelled.").wait_for()


def test_my_row_is_still_my_row(house, page):
    """A block of a spreadsheet without a header, formulas in its second column."""
    block = "A1\t0.5 Li2O-TaCl5\tMeyer\nA2\tLiAlCl2.5O0.75\tSato\nA3\tLiAlCl4\t"
    with serving() as base:
        ranked(page, base, block)
        heads = [head.strip() for head in page.locator("#ranking thead th").all_inner_texts()]
        assert heads[-3:] == ["as given", "column 1", "column 3"]
        row = page.locator("#ranking tbody tr").filter(has=page.get_by_role("cell", name="0.5 Li2O-TaCl5"))
        assert row.locator("td").last.inner_text() == "Meyer"
        page.get_by_role("searchbox").fill("Sato")
        assert formulas(page) == ["LiAlCl2.5O0.75"]
        (row,) = downloaded(page, "Download 1 row (filtered)")
        assert (row["input"], row["column 1"], row["column 3"]) == ("LiAlCl2.5O0.75", "A2", "Sato")
        assert row["models"] == "tg 8, conductivity 8"
        assert row["goal"] == "at least 1 mS/cm at 25 °C, and Tg of at most 25 °C" and row["temperature_C"] == "25"


def test_lists_of_several_formulas_on_a_line(house, page):
    with serving() as base:
        page.goto(f"{base}/")
        read = page.evaluate("""async () => {
            const { formulas, tableOf } = await import("/static/lists.js");
            const texts = ["LiAlCl4, NaAlCl4, LiAl2Cl7", "LiAlCl4,NaAlCl4", "LiAlCl2,5O0,75", "LiAlCl4; NaAlCl4",
                           "LiAlCl4\\nNaAlCl4", "0,5Li2O-TaCl5", "LiAlCl4, Foo, NaAlCl4"];
            return [texts.map(formulas), tableOf("A1;LiAlCl4\\nA2;NaAlCl4"), tableOf("S1\\nS2\\nLiAlCl4"),
                    tableOf("Sample\\tMaterial\\nA1\\tLiAlCl4"), tableOf("LiAlCl4; NaAlCl4")];
        }""")
        assert read[0] == [
            ["LiAlCl4", "NaAlCl4", "LiAl2Cl7"],
            ["LiAlCl4", "NaAlCl4"],
            ["LiAlCl2,5O0,75"],
            ["LiAlCl4", "NaAlCl4"],
            ["LiAlCl4", "NaAlCl4"],
            ["0,5Li2O-TaCl5"],
            ["LiAlCl4", "Foo", "NaAlCl4"],
        ]
        assert read[1] == "column 1\tformula\nA1\tLiAlCl4\nA2\tNaAlCl4"
        assert read[2] is None and read[4] is None
        assert read[3] == "Sample\tformula\nA1\tLiAlCl4"


def test_a_table_is_copied_one_line_a_candidate(house, page):
    with serving() as base:
        shown = ranked(page, base, LIST)
        text = page.evaluate("""() => {
            getSelection().selectAllChildren(document.querySelector("#ranking table"));
            const data = new DataTransfer();
            const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
            document.querySelector("#ranking .scroll").dispatchEvent(event);
            return data.getData("text/plain");
        }""")
        lines = [line.split("\t") for line in text.split("\n")]
        assert lines[0][:5] == ["#", "formula", "P(goal)", "σ at 25 °C, mS/cm (90 %)", "σ at 25 °C, mS/cm (90 %) low"]
        assert [line[1] for line in lines[1:]] == shown
        assert {len(line) for line in lines} == {len(lines[0])}
        assert all(float(line[4]) < float(line[3]) < float(line[5]) for line in lines[1:])


@pytest.mark.parametrize("size", list(shared.SIZES))
def test_filters_of_a_chemist(house, page, size):
    page.set_viewport_size(dict(zip(("width", "height"), shared.SIZES[size], strict=True)))
    with serving() as base:
        shown = ranked(page, base, LIST)
        assert len(shown) == 5, "two are within 1 at.% of each other"
        page.get_by_role("button", name="1 similar within 1 at.%").click()
        assert len(formulas(page)) == 6
        page.get_by_role("button", name="fold 1 similar").click()
        page.get_by_text("Elements and ranges").click()
        page.get_by_role("button", name="O: any").click()
        assert "LiAlCl4" not in formulas(page) and len(formulas(page)) == 4
        page.get_by_role("button", name="Na: any").click()
        page.get_by_role("button", name="Na: has to be in").click()
        left = formulas(page)
        assert len(left) == 3 and all(Composition.parse(one).fraction("Na") == 0 for one in left)
        assert page.get_by_text("Elements and ranges (2 set)").is_visible()
        rows = downloaded(page, "Download 4 rows (filtered)")
        assert {row["formula"] for row in rows} >= set(left) and len(rows) == 4
        assert fits(page)
        page.get_by_role("button", name="Clear").click()
        assert len(downloaded(page, "Download CSV")) == 6
        sigma = sorted(1e3 * float(row["conductivity_S_cm"]) for row in rows)
        page.get_by_label("σ, mS/cm, at least").fill(str(sigma[1] * 1.0001))
        kept = downloaded(page, "(filtered)")
        assert kept and all(1e3 * float(row["conductivity_S_cm"]) > sigma[1] for row in kept)


def test_what_the_goal_excludes_is_counted_and_folded(house, page):
    with serving() as base:
        page.goto(f"{base}/#rank")
        page.get_by_label("Without elements").fill("Ta")
        shown = ranked(page, base, LIST + "\nLi2AlCl4")
        assert "LiTaCl4O" not in shown and "Li2AlCl4" not in shown
        words = page.locator("#excluded").inner_text()
        assert "5 of 7 fit the limits of the goal; excluded: " in words
        assert "1 by elements" in words and "1 as not neutral" in words
        page.get_by_role("button", name="Show the 2").click()
        assert {"LiTaCl4O", "Li2AlCl4"} <= set(formulas(page))
        assert len(downloaded(page, "Download CSV")) == 7


CLOUD = """async (count) => {
    const { figure } = await import("/static/figure.js");
    const row = (n) => ({
        formula: `Li${n}AlCl4`, rank: n, p_goal: 0.1, verdict: ["inside", "edge", "outside"][n % 3],
        tg_C: 100 * Math.sin(n), tg_low_C: -50, tg_high_C: 150, conductivity_S_cm: 10 ** (-3 + 1.5 * Math.cos(1.7 * n)),
        conductivity_low_S_cm: 1e-6, conductivity_high_S_cm: 1e-1,
    });
    const dots = Array.from({ length: count }, (_, n) => row(n));
    const axis = { type: "linear", range: [-120, 120] }, log = { type: "log", range: [-2, 2] };
    const marks = { type: "scatter", mode: "markers", x: [0], y: [1], customdata: [[-50, 50, 0.1, 10]], marker: {} };
    const began = performance.now();
    const place = figure({ data: [marks], layout: { xaxis: axis, yaxis: log } }, "Map", { dots });
    document.body.replaceChildren(place);
    while (!place.querySelector(".points path")) await new Promise((next) => setTimeout(next));
    if (count) while (!place.querySelector("image")) await new Promise((next) => setTimeout(next));
    return performance.now() - began;
}"""


@pytest.mark.parametrize("size", list(shared.SIZES))
def test_a_map_of_ten_thousand_is_drawn_as_soon_as_one_of_few(empty, page, size):
    """The rest is one picture; less than a third of the plot is inked, and what is pointed at says its name."""
    from PIL import Image

    page.set_viewport_size(dict(zip(("width", "height"), shared.SIZES[size], strict=True)))
    with serving() as base:
        page.goto(f"{base}/")
        page.locator("h1").first.wait_for()
        page.evaluate(CLOUD, 10)
        few, many = (min(page.evaluate(CLOUD, count) for _ in range(3)) for count in (10, 9_700))
        print(f"10 rows in {few:.0f} ms, 10,000 rows in {many:.0f} ms")
        assert many < 5 * few
        page.wait_for_timeout(300)
        plot = page.locator(".figure .nsewdrag").bounding_box()
        picture = np.asarray(Image.open(io.BytesIO(page.screenshot(clip=plot))).convert("L"), dtype=int)
        inked = np.mean(np.abs(picture - 255) > 24)
        print(f"inked: {inked:.1%}")
        assert 0.005 < inked < 1 / 3
        page.mouse.move(plot["x"] + 0.5 * plot["width"], plot["y"] + 0.7 * plot["height"])
        page.locator(".plot .label b").wait_for()
        before = page.locator(".plot canvas.over").evaluate("one => one.toDataURL()")
        page.mouse.move(plot["x"] - 30, plot["y"] - 30)
        page.locator(".plot .label").wait_for(state="hidden")
        assert page.locator(".plot canvas.over").evaluate("one => one.toDataURL()") != before, "its bars go with it"


def test_the_map_is_saved_as_a_picture(house, page):
    with serving() as base:
        ranked(page, base, LIST)
        page.locator("#ranking .figure .main-svg").first.wait_for()
        for form, head in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
            with page.expect_download() as file:
                page.get_by_role("button", name=f"Save {form}").click()
            assert Path(file.value.path()).read_bytes().startswith(head)
            assert file.value.suggested_filename == f"map-{page.url.rpartition('/')[2][:8]}.{form.lower()}"


@pytest.mark.parametrize("size", list(shared.SIZES))
def test_two_variables_are_maps(house, page, size):
    page.set_viewport_size(dict(zip(("width", "height"), shared.SIZES[size], strict=True)))
    with serving() as base:
        page.goto(f"{base}/#family")
        page.get_by_label("Family: a formula with braces").fill("Li{1-y}Na{y}AlCl{4-2x}O{x}")
        page.get_by_label("Ranges: x=0:1.5:0.05").fill("x=0.2:1:0.1; y=0:1:0.25")
        page.get_by_role("button", name="Predict the family").click()
        page.locator("#sweep .figure .hm").nth(2).wait_for(state="attached")
        assert page.locator("#sweep .figure .hm image").count() == 3
        assert fits(page)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_composition_has_a_page(house, page, size):
    page.set_viewport_size(dict(zip(("width", "height"), shared.SIZES[size], strict=True)))
    with serving() as base:
        page.goto(f"{base}/#glass/LiAlCl2.5O0.75")
        page.get_by_role("heading", name="Most like it").wait_for()
        assert page.locator("#drivers li").count() > 1
        nearest = page.get_by_role("region", name="Most like it")
        assert nearest.locator("tbody tr").count() == 10
        assert nearest.locator("a[href^='#glass/']").count() == 10
        assert page.locator("#glass-acts").get_by_role("link", name="Recipe").count() == 1
        assert fits(page)
        page.get_by_label("Compare with").fill("NaAlCl2.5O0.75")
        page.get_by_role("button", name="Compare").click()
        page.locator("#compared table").wait_for()
        assert page.url.endswith("#compare/LiAlCl2.5O0.75/NaAlCl2.5O0.75")
