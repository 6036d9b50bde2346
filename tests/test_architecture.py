"""Count what the house is made of: modules, packages, circles, arrows that run up, long functions; and print it.

Run by itself, ``python tests/test_architecture.py``, it needs the standard library alone. Imports are counted wherever
they stand: at the top, inside functions, and below ``TYPE_CHECKING``; a dotted name of ours in a string counts as well
where the modules are made from it (``import_module``).
"""

import ast
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1] if Path(__file__).parent.name == "tests" else Path.cwd()
FLOORS = ("features", "datasets", "models", "experiments", "serve")  # each uses those before it
MOST_PATCHES = 141  # of module paths in tests; pass in what is to be another in a test, and lower this
LONGEST_FUNCTION, MOST_ENTRIES, MOST_MODULES, LEAST_MODULES = 60, 20, 10, 3
DEEPER = ("serve.api.routes",)  # the one package within a package
COMMANDS = ("serve.cli",)  # a module a command, however many there are


def modules(root=ROOT):
    """Every module of the package by its dotted name below ``vitrion``, packages by their own."""
    found = {}
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name, path, known):
    """The modules of ours that a module imports, wherever in it, each with the line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.name.startswith("vitrion.") and one.name.removeprefix("vitrion.") in known:
                    yield one.name.removeprefix("vitrion."), node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            if base is None:
                continue
            for one in node.names:
                below = f"{base}.{one.name}" if base else one.name
                if below in known:
                    yield below, node.lineno
                elif base in known:
                    yield base, node.lineno


def _base(node, package):
    """The package or module that a ``from ... import`` names, below ``vitrion``; nothing where it is not ours."""
    if node.level:
        parts = package.split(".")
        above = parts[: len(parts) - node.level + 1]
        return ".".join([*above, *(node.module or "").split(".")]).strip(".")
    if node.module == "vitrion":
        return ""
    return node.module.removeprefix("vitrion.") if (node.module or "").startswith("vitrion.") else None


def arrows(found):
    """Which module imports which, with the line of the first import."""
    told = {}
    for name, path in found.items():
        for target, line in imports(name, path, found):
            if target != name:
                told.setdefault((name, target), line)
    return told


def circles(edges):
    """Groups of two and more that reach each other, by Tarjan's search without recursion."""
    below = {}
    for start, end in edges:
        below.setdefault(start, set()).add(end)
        below.setdefault(end, set())
    order, low, stack, groups = {}, {}, [], []
    for root in list(below):
        if root in order:
            continue
        work = [(root, iter(sorted(below[root])))]
        order[root] = low[root] = len(order)
        stack.append(root)
        while work:
            node, rest = work[-1]
            for following in rest:
                if following not in order:
                    order[following] = low[following] = len(order)
                    stack.append(following)
                    work.append((following, iter(sorted(below[following]))))
                    break
                if following in stack:
                    low[node] = min(low[node], order[following])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    group = stack[stack.index(node) :]
                    del stack[stack.index(node) :]
                    if len(group) > 1:
                        groups.append(sorted(group))
    return groups


def siblings(told):
    """The arrows between the members of each package, lower ones counted to the member in which they lie."""
    lifted = {}
    for (start, end), line in told.items():
        one, other = start.split("."), end.split(".")
        level = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
        if level:  # below the floors; a package that hands on the names of its own modules makes no arrow
            pair = (".".join(one[: level + 1]), ".".join(other[: level + 1]))
            lifted.setdefault(pair, []).append((start, end, line))
    return lifted


def upward(told):
    """Arrows from a floor to one above it."""
    place = {floor: i for i, floor in enumerate(FLOORS)}
    return [
        (start, end, line)
        for (start, end), line in told.items()
        if place[start.split(".")[0]] < place[end.split(".")[0]]
    ]


def long_functions(found):
    """Functions of more lines than a screen holds."""
    return [
        (f"{name}.{node.name}", node.end_lineno - node.lineno + 1)
        for name, path in found.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]


def sizes(found):
    """Entries at the top of each floor and modules of each package, without its ``__init__``."""
    packages = {name for name, path in found.items() if path.name == "__init__.py"}
    held = Counter(name.rpartition(".")[0] for name in found if "." in name)
    tops = {
        floor: held[floor]
        + 1
        + sum((found[floor].parent / folder).is_dir() for folder in ("data", "static", "templates"))
        for floor in FLOORS
    }
    return tops, {name: held[name] for name in sorted(packages - set(FLOORS))}


def _names_of_modules(tree, root):
    """Names that a module of tests binds to modules, foreign ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.asname or one.name.split(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "vitrion":
            for one in node.names:
                path = root.joinpath(*node.module.split(".")[1:], one.name)
                if path.is_dir() or path.with_suffix(".py").exists():
                    yield one.asname or one.name


def patches(root=ROOT):
    """Where tests put something else into a module: its dotted path in a string, the module itself, or mock's patch."""
    for path in sorted((root / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {*_names_of_modules(tree, root)}
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name) and node.args):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            target = ast.unparse(node.args[0])
            owner = ast.unparse(node.func).split(".")[0]
            into = target[0] in "'\"" or target.split(".")[0] in known
            if (called in ("setattr", "delattr") and owner != called and into) or (called == "patch" and into):
                yield f"{path.relative_to(root)}:{node.lineno}", target


def rooms(root=ROOT):
    """All counts of the house, as one mapping."""
    found = modules(root)
    told = arrows(found)
    lifted = siblings(told)
    tops, packages = sizes(found)
    return {
        "modules": len(found) - len(packages) - len(FLOORS),
        "packages": packages,
        "tops": tops,
        "circles of modules": circles(told),
        "circles of packages": circles(lifted),
        "arrows": lifted,
        "upward": upward(told),
        "long functions": long_functions(found),
        "patches": list(patches(root)),
    }


def _ways(group, lifted):
    """The imports that close a circle, the rarer direction of each pair first."""
    pairs = {pair: uses for pair, uses in lifted.items() if pair[0] in group and pair[1] in group}
    for pair, uses in sorted(pairs.items(), key=lambda item: (len(item[1]), item[0])):
        yield f"    {pair[0]} -> {pair[1]} ({len(uses)}): " + ", ".join(f"{a}:{line} {b}" for a, b, line in uses[:4])


def main():
    """Print the counts; the circles with the imports that close them."""
    told = rooms()
    print(f"{told['modules']} modules, {len(told['packages'])} packages below the floors")
    print("at the top of each floor: " + ", ".join(f"{name} {count}" for name, count in told["tops"].items()))
    print("modules of each package: " + ", ".join(f"{name} {count}" for name, count in told["packages"].items()))
    for kind in ("circles of modules", "circles of packages"):
        print(f"{kind}: {len(told[kind])}")
        for group in told[kind]:
            print("  " + " ".join(group))
            if kind == "circles of packages":
                print("\n".join(_ways(group, told["arrows"])))
    print(f"arrows that run up: {len(told['upward'])}", *told["upward"], sep="\n  ")
    print(
        f"functions over {LONGEST_FUNCTION} lines: {len(told['long functions'])}", *told["long functions"], sep="\n  "
    )
    print(f"module paths patched in tests: {len(told['patches'])} (at most {MOST_PATCHES})")


def test_no_more_module_paths_are_patched_than_were():
    where = [*patches()]
    assert len(where) <= MOST_PATCHES, "pass the collaborator in instead:\n" + "\n".join(map(" ".join, where))


def test_patches_are_seen(tmp_path):
    """The count itself: of a dotted path, a module and mock's patch; not of an object that a test made."""
    (tmp_path / "serve").mkdir()
    (tmp_path / "serve" / "books.py").write_text("", encoding="utf-8")
    (tmp_path / "tests").mkdir()
    lines = ["import os", "from unittest.mock import patch", "from vitrion.serve import books"]
    lines += ["monkeypatch.setattr('vitrion.serve.books.X', 1)", "monkeypatch.setattr(books, 'X', 1)"]
    lines += ["monkeypatch.setattr(os.path, 'join', 1)", "patch('os.getcwd')", "monkeypatch.setattr(made, 'x', 1)"]
    (tmp_path / "tests" / "test_it.py").write_text("\n".join([*lines, "setattr(books, 'X', 1)"]), encoding="utf-8")
    assert [target for _, target in patches(tmp_path)] == ["'vitrion.serve.books.X'", "books", "os.path", "'os.getcwd'"]


def test_no_arrow_runs_up():
    assert not upward(arrows(modules()))


def test_no_function_is_longer_than_a_screen():
    assert not long_functions(modules())


def test_no_module_is_in_a_circle():
    assert not circles(arrows(modules()))


def test_no_package_is_in_a_circle():
    told = siblings(arrows(modules()))
    assert not circles(told), "\n".join(way for group in circles(told) for way in _ways(group, told))


def test_floors_are_legible():
    tops, packages = sizes(modules())
    assert max(tops.values()) <= MOST_ENTRIES, tops
    assert not [name for name in packages if name.count(".") > 1 and name not in DEEPER]
    fitting = range(LEAST_MODULES, MOST_MODULES + 1)
    assert not {name: n for name, n in packages.items() if n not in fitting and name not in COMMANDS}


def test_circles_are_seen():
    """The search itself: a ring of three is one, a line of three is none."""
    line = list(pairwise("abc"))
    assert circles(line) == []
    assert circles([*line, ("c", "a")]) == [["a", "b", "c"]]


if __name__ == "__main__":
    sys.exit(main())
