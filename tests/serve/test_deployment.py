"""What a deployment stands on: the table of settings, Dockerfile and compose file, the log, and an end in order."""

import ast
import dataclasses
import io
import json
import logging
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from vitrion.serve import request_log as journal
from vitrion.serve.cli import app as commands
from vitrion.serve.errors.refusals import InputError
from vitrion.serve.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_the_settings():
    told = dict(re.findall(r"^\| `VITRION_(\w+)` \| (.*?) \|", PAGE, re.MULTILINE))
    shown = {entry.name.upper(): entry.default for entry in dataclasses.fields(Settings)}
    assert list(told) == list(shown)
    for name, default in shown.items():
        said = told[name].strip("`")
        assert said == (f"{default:g}" if isinstance(default, int | float) else default), name


def test_every_variable_in_the_code_is_told():
    names = set()
    for path in [
        path for floor in ("datasets", "experiments", "models", "serve") for path in (ROOT / floor).rglob("*.py")
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names |= set(re.findall(r"\bVITRION_[A-Z]+(?:_[A-Z]+)*\b", node.value))
    assert names and not {name for name in names if f"`{name}" not in PAGE}


def test_the_compose_file_names_what_there_is(tmp_path):
    told = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services = told["services"]
    assert set(services) == {"server", "worker", "database", "mlflow"}
    assert services["worker"]["command"] == ["worker"]
    known = {command.name for command in commands.registered_commands}
    assert {"serve", "worker", "backup", "restore"} <= known
    settings = {f"VITRION_{entry.name.upper()}" for entry in dataclasses.fields(Settings)}
    for name in ("server", "worker"):
        assert {key for key in services[name]["environment"] if key.startswith("VITRION_")} <= settings
        assert {"no-new-privileges:true"} == set(services[name]["security_opt"])
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8000:8000"], "nothing else is reached from outside"
    volumes = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert volumes == set(told["volumes"])
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"(?i)password: +[^$\s]", text), "no password stands in it"
    if not _has_compose():
        return  # what can be known without docker is known
    command = [
        "docker",
        "compose",
        "--file",
        str(ROOT / "compose.yaml"),
        "--project-directory",
        str(tmp_path),
        "config",
    ]
    told = {"POSTGRES_PASSWORD": "x", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=told, check=False)
    assert done.returncode == 0, done.stderr
    without = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}, check=False)
    assert without.returncode and "set it in .env" in without.stderr


def _has_compose():
    """Whether docker compose is on this machine."""
    asked = ["docker", "compose", "version"]
    return shutil.which("docker") and not subprocess.run(asked, capture_output=True, check=False).returncode


def test_every_container_is_bounded_and_has_no_rights():
    told = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    for name, service in told["services"].items():
        assert service["cap_drop"] == ["ALL"] and service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"] and not service.get("privileged"), name
        assert service["user"].partition(":")[0] not in ("", "0", "root"), name
        assert service["mem_limit"] and 0 < service["pids_limit"] < 10_000, name
        assert any(place.startswith("/tmp:") for place in service["tmpfs"]), name
        assert not {"cap_add", "devices", "network_mode", "pid", "ipc"} & set(service), name
        written = [volume.partition(":")[2] for volume in service["volumes"]]
        assert not [place for place in written if place.startswith(("/etc", "/usr", "/var/run"))], name
    waited_for = told["services"]["server"]["depends_on"]
    assert {name: one["condition"] for name, one in waited_for.items()} == {
        "database": "service_healthy",
        "mlflow": "service_started",  # one that does not answer holds nothing up
    }
    assert told["services"]["worker"]["depends_on"] == waited_for
    assert all(told["services"][name]["healthcheck"]["test"] for name in waited_for)


def test_an_upgrade_says_how_volumes_get_their_owner():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    owned = {(service["user"], service["volumes"][0]) for service in services.values() if service["image"] == "vitrion"}
    assert {volume for _, volume in owned} == {"home:/data", "mlflow:/mlflow"}
    for owner, volume in owned:
        place = volume.partition(":")[2]
        assert f"-v vitrion_{volume} vitrion -R {owner} {place}" in PAGE


def test_images_are_named_so_that_a_digest_can_be_given():
    """No digest is known here, so each base is one release, and one variable that takes its digest."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    release = r":-\w+:\d+\.\d+(?:\.\d+)?-[\w-]*bookworm\}"
    python = services["server"]["build"]["args"]["BASE"]
    assert re.fullmatch(r"\$\{PYTHON_IMAGE" + release, python)
    assert re.fullmatch(r"\$\{POSTGRES_IMAGE" + release, services["database"]["image"])
    assert {service["image"] for service in services.values()} == {"vitrion", services["database"]["image"]}
    base = re.search(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)[1]
    assert base == python.partition(":-")[2].rstrip("}")
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${BASE}", "${BASE}"]
    for name in ("PYTHON_IMAGE", "POSTGRES_IMAGE", "--build-arg BASE="):
        assert name in PAGE


def test_the_image_holds_what_serving_needs_alone():
    installed = re.findall(r"pip install (.+?)(?: &&|$)", re.sub(r"\\\n\s*", " ", DOCKERFILE), re.MULTILINE)
    locks = [found[1] for one in installed if (found := re.search(r"--require-hashes --requirement (\S+)", one))]
    assert locks == ["/app/serve.lock", "/app/build.lock"]
    assert all("--require-hashes" in one or ("--no-deps" in one and "--no-index" in one) for one in installed)
    served, built = (
        (ROOT / "requirements" / name).read_text(encoding="utf-8") for name in ("serve.lock", "build.lock")
    )
    assert re.findall(r"^([\w-]+)==", built, re.MULTILINE) == ["setuptools"]
    assert not re.search(r"^(?:pytest|mypy|ruff|playwright|schemathesis|setuptools|sphinx)==", served, re.MULTILINE)
    assert re.findall(r"^(matminer|pymatgen)==", served, re.MULTILINE) == ["matminer", "pymatgen"]
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert "COPY --from=build /opt/vitrion" in last and "COPY . " not in last and "pip" not in last


def test_the_dockerfile_is_one():
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    lines = [line.split(None, 1) for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    known = {"FROM", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    verbs = [verb for verb, _ in lines]
    assert set(verbs) <= {"ARG", *known} and verbs[:2] == ["ARG", "FROM"] and verbs[-2:] == ["ENTRYPOINT", "CMD"]
    told = dict(lines)
    assert told["USER"] == "vitrion" and json.loads(told["ENTRYPOINT"]) == ["vitrion"]
    assert json.loads(told["CMD"])[0] in {command.name for command in commands.registered_commands}
    assert verbs.index("USER") > max(place for place, verb in enumerate(verbs) if verb == "RUN")
    for source in re.findall(r"^COPY (.+) /app/$", joined, re.MULTILINE):
        assert all((ROOT / name).exists() for name in source.split())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("VITRION_DATABASE_URL", "mysql://lab:s3cret@db/x", "begins with 'mysql'; give postgresql://"),
        ("VITRION_LOG_LEVEL", "loud", "is no level; give debug, info, warning, error"),
        ("VITRION_STOP_S", "-1", "is out of range"),
        ("VITRION_WORK", "maybe", "is not a whole number"),
    ],
)
def test_settings_that_cannot_be(monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=re.escape(words)) as refused:
        Settings.of_environment()
    assert "s3cret" not in str(refused.value)


@pytest.fixture
def lines():
    """What a logger of the service writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(journal.Line())
    logger = logging.getLogger("vitrion")
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.level, logger.propagate = before


def test_a_line_a_request_and_nothing_of_what_was_sent(reading, lines):
    secret = {"authorization": "Bearer s3cret-key", "idempotency-key": "s3cret-once"}
    reading.post("/api/v1/rank?figure=true&token=s3cret", json={"candidates": ["LiAlCl4 s3cret"]}, headers=secret)
    reading.get("/api/v1/jobs/" + "d" * 20, headers=secret)
    reading.get("/nothing/s3cret%0d%0aforged")
    found = [line for line in lines() if line["from"] == "vitrion.requests"]
    assert [(one["method"], one["route"], one["status"]) for one in found] == [
        ("POST", "/api/v1/rank", 200),
        ("GET", "/api/v1/jobs/{number}", 404),
        ("GET", "other", 404),
    ]
    assert "s3cret" not in json.dumps(lines()) and all(len(json.dumps(one)) < 1000 for one in found)


def test_secrets_are_hidden_and_lines_stay_lines(lines):
    logger = logging.getLogger("vitrion.test")
    logger.warning("postgresql://lab:s3cret@db/vitrion is away; password=s3cret, Authorization: Bearer s3cret")
    logger.warning("two\r\nlines \x1b[31mred %s", "y" * 5000)
    try:
        raise ValueError("token: s3cret")
    except ValueError:
        logger.exception("it broke")
    told = lines()
    assert len(told) == 3 and "s3cret" not in json.dumps(told)
    assert "postgresql://***@db/vitrion is away" in told[0]["said"] and len(told[1]["said"]) <= journal.LONGEST
    assert "ValueError" in told[2]["traceback"] and set(told[0]) == {"at", "level", "from", "said"}
