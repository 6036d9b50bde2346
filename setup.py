"""Which packages are built: every folder of the floors that has an `__init__`; all else stands in pyproject.toml."""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

FLOORS = ("features", "datasets", "models", "experiments", "serve")
FOUND = find_packages(include=[pattern for floor in FLOORS for pattern in (floor, f"{floor}.*")])


class BuildPy(build_py):
    """Builds all but this file, which lies among the modules of the package."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Package, name and path of each module of a package."""
        modules: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [found for found in modules if found[:2] != ("vitrion", "setup")]


setup(
    package_dir={"vitrion": "."},
    packages=["vitrion", *(f"vitrion.{name}" for name in FOUND)],
    cmdclass={"build_py": BuildPy},
)
