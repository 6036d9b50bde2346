"""A verb is one row of serve/schemas/verbs.py, and every door knows it; who forgets a door is told which."""

import ast
import inspect
import sys
from pathlib import Path

import httpx
import pytest
import vitrion
from vitrion.serve.api.app import create_app
from vitrion.serve.cli import commands as cli
from vitrion.serve.client import Client
from vitrion.serve.client.transport import ServiceError, Wire
from vitrion.serve.schemas import verbs
from vitrion.serve.schemas.verbs import VERBS
from vitrion.serve.security import permissions as rules
from vitrion.serve.security.keys import SCOPES
from vitrion.serve.settings import Settings

ROOT = Path(vitrion.__file__).parent
SERVED = [verb for verb in VERBS.values() if verb.path]
OTHERS = {"load_predictor"}  # functions of the package that are no verbs: they return a noun
names = pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
served = pytest.mark.parametrize("verb", SERVED, ids=lambda verb: verb.name)


@pytest.fixture(scope="module")
def app():
    return create_app(Settings())


@pytest.fixture(scope="module")
def bodies():
    bench = str(ROOT / "tests" / "bench")
    sys.path.insert(0, bench)
    try:
        import bad_requests
    finally:
        sys.path.remove(bench)
    return bad_requests.BODIES


def typed():
    """Names that __init__.py imports for editors and type checkers, with their modules."""
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    return {
        alias.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }


@names
def test_the_package_has_a_function_of_it(verb):
    function = getattr(vitrion, verb.name)
    assert function.__module__ == f"vitrion.{verb.home}", f"serve/schemas/verbs.py: {verb.name} lives elsewhere"
    assert verb.name in vitrion.__all__, f"__init__.py: put {verb.name!r} into __all__"
    assert typed().get(verb.name) == f"vitrion.{verb.home}", f"__init__.py: import {verb.name} under TYPE_CHECKING"


@names
def test_the_command_line_has_it(verb):
    commands = {command.name for command in cli.app.registered_commands}
    assert verb.name in commands, f"serve/cli/commands.py: add the command {verb.name}"


def test_every_function_of_the_package_is_a_verb():
    functions = {name for name in vitrion.__all__ if inspect.isfunction(getattr(vitrion, name))}
    assert functions - OTHERS == set(VERBS), "serve/schemas/verbs.py: add a row for the function, or take it out"


@served
def test_the_service_has_a_route_that_asks_what_its_row_says(verb, app):
    rule = rules.declared(app).get(("POST", f"{rules.API}/{verb.path}"))
    assert rule is not None, f"serve/routes_*.py: add POST {verb.path} with @performs({verb.name!r})"
    assert rule.scope == verb.scope, f"serve/routes_*.py: {verb.path} asks for {rule.scope}; put @performs at it"
    assert verb.scope in SCOPES, f"serve/schemas/verbs.py: no key is for {verb.scope}"
    assert f"{rules.API}/{verb.path}" in app.openapi()["paths"], f"serve/routes_*.py: document POST {verb.path}"


def test_a_route_that_predicts_is_a_verb(app):
    """What is at hand under the tag of predictions is a verb of everybody, and not of HTTP alone."""
    paths = {
        path.removeprefix(f"{rules.API}/")
        for path, methods in app.openapi()["paths"].items()
        if "predict" in methods.get("post", {}).get("tags", ())
    }
    assert paths <= {verb.path for verb in SERVED}, "serve/schemas/verbs.py: add a row for the route"


def test_a_verb_without_a_route_is_not_served(monkeypatch):
    monkeypatch.setattr(rules, "VERBS", {**VERBS, "melt": verbs.Verb("melt", "experiments.melting", "", path="melt")})
    with pytest.raises(RuntimeError, match="the verb melt has no route POST melt"):
        rules.Table(create_app(Settings()))


def test_a_route_of_no_verb_is_refused():
    with pytest.raises(RuntimeError, match=r"serve/schemas/verbs.py has no row of the verb melt"):
        rules.performs("melt")


@served
def test_the_client_has_it(verb):
    assert callable(getattr(Client, verb.name, None)), f"serve/client/client.py: add Client.{verb.name}"


def lost_once():
    """A service whose first answer is lost."""
    asked = []

    def answer(request):
        asked.append(request.url.path)
        if len(asked) == 1:
            raise httpx.ConnectError("lost", request=request)
        return httpx.Response(200, json={})

    return asked, httpx.MockTransport(answer)


@served
def test_the_client_sends_it_again_if_it_changes_nothing(verb):
    asked, transport = lost_once()
    wire = Wire("http://lab", None, 60.0, transport)
    if verb.pure:
        wire.post(verb.path, {})
        assert len(asked) == 2, f"serve/client/transport.py: POST {verb.path} changes nothing; send it again"
    else:
        with pytest.raises(ServiceError):
            wire.post(verb.path, {})
        assert len(asked) == 1, f"serve/schemas/verbs.py: POST {verb.path} changes something; it is not pure"


@served
def test_it_is_pure_if_its_route_takes_no_idempotency_key(verb, app):
    """What changes something is sent under a key, and so is done once; what changes nothing needs none."""
    parameters = app.openapi()["paths"][f"{rules.API}/{verb.path}"]["post"].get("parameters", ())
    keyed = any(parameter["name"].casefold() == "idempotency-key" for parameter in parameters)
    assert verb.pure is not keyed, (
        f"serve/schemas/verbs.py says that POST {verb.path} is {'' if verb.pure else 'not '}pure, and its route takes "
        f"{'a' if keyed else 'no'} key; mend the one or the other"
    )


@served
def test_its_route_is_attacked(verb, bodies):
    path = f"{rules.API}/{verb.path}"
    assert path in bodies, f"tests/bench/bad_requests.py: no body attacks {path}; give its request a schema in JSON"
    assert bodies[path], f"{path}: the schema of its request has no fields"


@served
def test_the_attack_begins_with_a_good_request(verb, app, bodies):
    """Its examples make a request that the service would take, so that one wrong field is all that is wrong."""
    schema = app.openapi()
    content = schema["paths"][f"{rules.API}/{verb.path}"]["post"]["requestBody"]["content"]["application/json"]
    fields = schema["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    body = bodies[f"{rules.API}/{verb.path}"]
    bare = [name for name in fields.get("required", ()) if body[name] is None]
    assert not bare, f"{verb.path}: give {', '.join(bare)} an example in its schema"


def test_the_table_in_the_documents_has_a_row_of_each():
    page = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    assert all(line in page for line in verbs.table()), (
        "docs/service.md: renew it with python -m vitrion.serve.schemas.verbs docs/service.md"
    )
    assert verbs.rewritten(page) == page


@names
def test_the_reference_has_it(verb):
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    assert f"vitrion.{verb.name}\n" in page, f"docs/reference/python.md: add {verb.name}"
