"""Which packages are built: every folder of the floors that has an `__init__`; all else stands in pyproject.toml."""

from setuptools import find_packages, setup

FLOORS = ("features", "datasets", "models", "experiments", "serve")
FOUND = find_packages(include=[pattern for floor in FLOORS for pattern in (floor, f"{floor}.*")])

setup(package_dir={"vitrion": "."}, packages=["vitrion", *(f"vitrion.{name}" for name in FOUND)])
