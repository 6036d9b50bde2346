"""How far a training is, as data: a line of text for people, with its numbers for programmes."""

from __future__ import annotations


class Step(str):
    """A line of text on one step, with what it counts.

    Parameters
    ----------
    text
        The line.
    done, of
        Folds that are predicted, and all of them; both 0 in a step that is none of a fold.

    Examples
    --------
    >>> step = Step("fold 2 of 5: 810 measurements predicted from the other folds", done=2, of=5)
    >>> step.about("tg"), step.about("tg").done
    ('tg: fold 2 of 5: 810 measurements predicted from the other folds', 2)
    """

    done: int
    of: int

    def __new__(cls, text: str, done: int = 0, of: int = 0) -> Step:
        """Make a step of its text and numbers."""
        step = super().__new__(cls, text)
        step.done, step.of = done, of
        return step

    def about(self, name: str) -> Step:
        """Return the same step with the property that it is about before its text."""
        return Step(f"{name}: {self}", self.done, self.of)
