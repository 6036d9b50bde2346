"""The documentation site: it builds without a warning, and every public name and page is in it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import vitrion
from vitrion.features.descriptors.descriptor import Group
from vitrion.features.descriptors.glass import DESCRIPTORS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path.relative_to(DOCS).with_suffix("").as_posix()
    for path in DOCS.rglob("*.md")
    if not {"_build", "notebooks"} & set(path.relative_to(DOCS).parts)
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make docs` builds it: a warning is an error; notebooks are not executed."""
    pytest.importorskip("furo", reason="the documentation needs the extra: pip install 'vitrion[docs]'")
    pytest.importorskip("myst_nb", reason="the documentation needs the extra: pip install 'vitrion[docs]'")
    out = tmp_path_factory.mktemp("site")
    told = os.environ | {"VITRION_HOME": str(out / "home")}
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q"]
    built = subprocess.run(
        [*command, "-d", str(out / "trees"), str(DOCS), str(out / "html")],
        capture_output=True,
        text=True,
        check=False,
        env=told,
        timeout=600,
    )
    assert built.returncode == 0, built.stderr[-4000:]
    return out / "html"


def test_every_page_is_built_and_can_be_reached(site):
    assert not [name for name in PAGES if not (site / f"{name}.html").is_file()]
    start = (site / "index.html").read_text(encoding="utf-8")
    for name in (
        "tutorial",
        "howto/install",
        "explanation/limits",
        "service",
        "contributing",
        "benchmarks",
        "changelog",
    ):
        assert f'href="{name}.html"' in start


def test_every_public_name_is_in_the_reference(site):
    text = "".join(
        (site / "reference" / f"{name}.html").read_text(encoding="utf-8")
        for name in ("python", "features", "datasets", "plots")
    )
    written = set(re.findall(r'id="(vitrion[\w.]*)"', text))
    expected = {f"vitrion.{name}" for name in vitrion.__all__ if name not in ("datasets", "features", "plots")}
    expected |= {f"vitrion.features.{name}" for name in vitrion.features.__all__ if name != "charge"}
    expected |= {f"vitrion.datasets.{name}" for name in vitrion.datasets.__all__ if name != "PROPERTIES"}
    helping = {"LARGEST", "map_names", "named"}
    expected |= {f"vitrion.plots.{name}" for name in vitrion.plots.__all__ if name not in helping}
    assert not expected - written


def test_every_command_is_in_the_reference(site):
    text = (site / "reference" / "command-line.html").read_text(encoding="utf-8")
    for command in ("rank", "sweep", "propose", "train", "serve", "campaign new", "models list", "data add"):
        assert f'id="vitrion-{command.replace(" ", "-")}"' in text
    assert "--temperature" in text


def test_every_descriptor_is_on_its_page(site):
    text = (site / "reference" / "descriptors.html").read_text(encoding="utf-8")
    rows = [re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", text, re.DOTALL)]
    cells = [[re.sub("<[^>]*>", "", cell).strip() for cell in row] for row in rows]
    assert [row[:2] for row in cells if len(row) == 5] == [
        [name, made.unit] for group in Group for name, made in DESCRIPTORS.items() if made.group is group
    ]
    assert ["glass", str(len(DESCRIPTORS))] in cells


def test_links_between_pages_and_pictures_lead_somewhere(site):
    wrong = []
    for page in site.rglob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"#?:]+)(?:[#?][^"]*)?"', page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists() and "_static" not in target:
                wrong.append(f"{page.relative_to(site)}: {target}")
    assert not wrong


def test_links_of_the_readme_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if ":" not in link]
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]
