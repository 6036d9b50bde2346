"""What is said to who sits at the command line, in words for who does not: no option, no command, no variable."""

from __future__ import annotations

import re

_WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"take the (\d+) (valid rows?) with --keep-good", r"take the \1 \2 alone"),
        (r"or insist with --trust-units", "or insist: trust the units"),
        (r"or insist with --again", "or insist: add it again"),
        (r"use --again( to insist)?", r"add it again\1"),
        (r", or name its encoding \(--encoding [^)]*\)", ""),
        (r"; name one with --sheet", "; leave one of them"),
        (r"; leave out --(sheet|encoding)", ""),
        (r"see their numbers with 'vitrion data show lab'", "the data of the lab show their numbers"),
        (r"add them with 'vitrion data add' and train", "add them to the data of the lab and train"),
        (r"(use|with|by) 'vitrion campaign withdraw'", r"withdraw the event"),
        (r"use 'vitrion campaign correct' and 'withdraw'", "correct and withdraw the events themselves"),
        (r": make it with 'vitrion campaign new'", "; begin one"),
        (r": 'campaign show' lists them", ""),
        (r"(remove it and )?(run|train again with) 'vitrion train[^']*'", "train the models again"),
        (r"(make|train) one with 'vitrion train[^']*'", "train one"),
        (r": vitrion train -p \w+", ""),
        (r"; 'vitrion models promote [^']*' lets it answer", ""),
        (r", or 'vitrion models promote [^']*'", ", or promote it all the same"),
        (r"; 'vitrion [a-z]+( [a-z]+)*' (shows all|makes one|reads CSV)", ""),
        (r"; set VITRION_DEBUG=1 to see where, and report it", "; tell who runs the service"),
    )
)
_OPTION = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)")


def elsewhere(text: str) -> str:
    """Return a sentence without what helps at a command line alone; an option is called as a field of a request is.

    Examples
    --------
    >>> elsewhere("mend it, or take the 2 valid rows with --keep-good")
    'mend it, or take the 2 valid rows alone'
    >>> elsewhere("give fewer with --most-rows")
    'give fewer with most_rows'
    """
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    return _OPTION.sub(lambda option: option[1].replace("-", "_"), text)
