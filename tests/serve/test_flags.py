from typer.testing import CliRunner
from vitrion.datasets.chemistry.flags import CODES
from vitrion.serve.cli import app


def test_the_command_lists_all_flags():
    done = CliRunner().invoke(app, ["flags"])
    assert done.exit_code == 0
    assert all(f"\n{code} (" in f"\n{done.stdout}" for code in CODES)


def test_the_command_explains_compositions():
    done = CliRunner().invoke(app, ["flags", "LiBCl2.5O0.75", "LiAlCl4"])
    assert done.exit_code == 0
    assert "danger: gas: a halide that it needs" in done.stdout and "BCl3 boils at 12 °C" in done.stdout
    assert done.stdout.rstrip().endswith("LiAlCl4\n  no flags")
    assert CliRunner().invoke(app, ["flags", "LiAlCl2..5"]).exit_code == 2
    bad = CliRunner().invoke(app, ["flags", "LiCl", "xyz"])
    assert bad.exit_code == 2 and 'argument 2: "xyz"' in bad.stderr


def test_the_service_lists_and_explains(reading):
    told = reading.get("/api/v1/flags").json()["rows"]
    assert [flag["code"] for flag in told] == list(CODES)
    assert all(flag["reason"] and flag["source"] and flag["label"] and flag["severity"] for flag in told)
    mine = reading.get("/api/v1/flags", params={"formula": ["LiPbCl3", "LiAlCl4"]}).json()["rows"]
    assert [(flag["formula"], flag["code"]) for flag in mine] == [
        ("LiPbCl3", "reduced_by_lithium"),
        ("LiPbCl3", "toxic"),
    ]
    assert reading.get("/api/v1/flags", params={"formula": "LiAlCl2..5"}).status_code == 422
