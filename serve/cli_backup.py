"""`vitrion backup` and `vitrion restore`."""


def backup() -> None:
    """Keep all of the home folder in one file."""


def restore() -> None:
    """Put it back."""
