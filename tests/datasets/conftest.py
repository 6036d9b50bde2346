import pytest


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Keep every test away from the home folder, and so from the measurements, of whoever runs it."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("VITRION_HOME", str(folder))
    return folder
