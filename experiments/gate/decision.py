"""What a gate looked at, and what it decided."""

from __future__ import annotations

from dataclasses import dataclass

NEEDED = ("baseline", "width")  # checks that the first version of its kind must pass; all others are told


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

    @classmethod
    def of_first(cls, *checks: Check) -> Decision:
        """The decision that some checks make of the first version: those of `NEEDED` must pass."""
        return cls(all(check.passed for check in checks if check.name in NEEDED), checks, first=True)

    @property
    def reason(self) -> str:
        """One sentence: what failed, else why it may answer."""
        failed = [check for check in self.checks if not check.passed]
        if not self.passed:
            return "; ".join(check.said for check in failed if not self.first or check.name in NEEDED)
        by_hand = next((check.said for check in self.checks if check.name == "hand"), "")
        if self.first and not by_hand:
            told = "; ".join(check.said for check in failed)
            return "the first of its kind" + (f", though {told}" if told else "")
        return by_hand or next((check.said for check in self.checks if check.name in ("champion", "error")), "as asked")
