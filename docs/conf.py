"""How the documentation is built: `make docs`, or `sphinx-build -W docs docs/_build`."""

import importlib.metadata
import shutil
from pathlib import Path

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parent / "examples" / "notebooks"
ROOT_PAGES = {"changelog": "CHANGELOG.md", "security": "SECURITY.md"}

project = "Vitrion"
author = "The Vitrion developers"
copyright = author  # noqa: A001 - the name that Sphinx reads
try:
    release = importlib.metadata.version("vitrion")
except importlib.metadata.PackageNotFoundError:
    release = ""

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "jupyter_execute", "**.ipynb_checkpoints"]
html_theme = "furo"
html_title = "Vitrion"
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["_static"]
html_css_files = ["wide.css"]

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the notebooks are kept with what they showed: `make notebooks`
nb_merge_streams = True

default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 80
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_attr_annotations = False


def commands(command, path):
    """Markdown of a command and those below it, as the command line itself describes them."""
    below = getattr(command, "commands", {})
    if not below:
        yield f"## `{path}`\n\n{told(command.help)}\n\n"
        rows = [
            (" ".join(written(one)), told(getattr(one, "help", ""))) for one in command.params if one.name != "help"
        ]
        if rows:
            yield "| | |\n|---|---|\n"
            yield from (f"| {names} | {text} |\n" for names, text in rows)
        yield "\n"
    for name, one in below.items():
        yield from commands(one, f"{path} {name}")


def written(parameter):
    """How a parameter is written: an argument by its name, an option with its dashes."""
    if parameter.param_type_name == "argument":
        return [f"`{(parameter.metavar or parameter.name).upper()}`"]
    return [f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts)]


def told(text):
    """Help in one line that Markdown leaves as it is."""
    plain = " ".join((text or "").split())
    return "".join("\\" + letter if letter in "|{}<>*_$[]`" else letter for letter in plain)


def descriptors():
    """Markdown of all descriptors, group by group, as they are registered, and of how many columns a block has."""
    from vitrion.features.descriptors.descriptor import Group
    from vitrion.features.descriptors.glass import DESCRIPTORS
    from vitrion.features.featurizer import BLOCKS

    yield "\n| block | columns |\n|---|---|\n"
    yield from (f"| `{block}` | {len(names)} |\n" for block, names in BLOCKS.items())
    yield f"| all | {sum(map(len, BLOCKS.values()))} |\n"
    for group in Group:
        yield f"\n## {group.value.capitalize()}\n\n"
        yield "| name | unit | what it is | by hand | DOI |\n|---|---|---|---|---|\n"
        for name, made in DESCRIPTORS.items():
            if made.group is group:
                formula, value = next(iter(made.examples.items()))
                doi = f"[{made.doi}](https://doi.org/{made.doi})" if made.doi else ""
                yield f"| `{name}` | {made.unit} | {told(made.summary)} | {value:.4g} for {formula} | {doi} |\n"


def complete(app, name, source):
    """Put commands, descriptors and the files of the root where they belong, with links that lead there."""
    if name == "reference/command-line":
        from typer.main import get_command
        from vitrion.serve.cli import app as command_line

        source[0] += "\n" + "".join(commands(get_command(command_line), "vitrion"))
    if name == "reference/descriptors":
        source[0] += "".join(descriptors())
    if name in ROOT_PAGES:
        text = (HERE.parent / ROOT_PAGES[name]).read_text(encoding="utf-8")
        source[0] = text.replace("](docs/", "](")
    for page, file in ROOT_PAGES.items():
        source[0] = source[0].replace(f"](../{file})", f"]({page}.md)").replace(f"]({file})", f"]({page}.md)")


def setup(app):
    """Take the executed notebooks into the sources: Sphinx reads nothing outside of its folder."""
    folder = HERE / "notebooks"
    folder.mkdir(exist_ok=True)
    wanted = {path.name: path for path in NOTEBOOKS.glob("*.ipynb")}
    for stale in folder.iterdir():
        if stale.name not in wanted:
            stale.unlink()
    for name, path in wanted.items():
        kept = folder / name
        if not kept.is_file() or kept.read_bytes() != path.read_bytes():
            shutil.copyfile(path, kept)
    app.connect("source-read", complete)
