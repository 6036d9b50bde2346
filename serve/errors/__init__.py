"""Errors: what each means at every door, in one sentence.

- `outcomes`: What an error means at each door: exit code of a command, status of an answer.
- `refusals`: What the user gave and cannot be used: one sentence, and exit code 2.
- `elsewhere`: What is said to who sits at the command line, in words for who does not: no option, no command.
- `disk`: A disk that is full, read-only or broken, in one sentence, whichever library met it first.
"""
