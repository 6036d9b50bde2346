"""What a gate looked at, and what it decided."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, whether it passed, and what was found."""

    name: str
    passed: bool
    said: str


@dataclass(frozen=True)
class Decision:
    """Whether a challenger may answer, and all that was looked at."""

    passed: bool
    checks: tuple[Check, ...]
    first: bool = False

    @classmethod
    def of(cls, *checks: Check) -> Decision:
        """The decision that some checks make: all must pass."""
        return cls(all(check.passed for check in checks), checks)

    @property
    def reason(self) -> str:
        """One sentence: what failed, else why it may answer."""
        failed = [check.said for check in self.checks if not check.passed]
        if self.first:
            return "the first of its kind" + (f", though {'; '.join(failed)}" if failed else "")
        if failed and not self.passed:
            return "; ".join(failed)
        return next((check.said for check in self.checks if check.name in ("hand", "champion", "error")), "as asked")
