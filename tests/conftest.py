"""What every test has: small data may have small bins."""

import pytest


def pytest_collection_modifyitems(items):
    """Let the small bins of small data be small without a word."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore:the no. of calibration examples"))
