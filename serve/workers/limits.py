"""Limits of a process beside the server: so much memory, and so much processor time."""

from __future__ import annotations

import contextlib


def confine(memory: int, processor_s: int | None = None) -> None:
    """Take away from this process more memory than some bytes and more processor time than some seconds, for good."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CORE: 0}
    if processor_s is not None:
        limits[resource.RLIMIT_CPU] = processor_s
    for kind, most in limits.items():
        _, hard = resource.getrlimit(kind)
        told = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):  # a system without this limit
            resource.setrlimit(kind, (told, told))
