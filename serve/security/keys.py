"""Access keys: who they stand for, what they allow, and until when; of each secret only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from ..errors.refusals import ConflictError, InputError, NotFoundError, visible
from ..storage.access_tables import KEYS, SESSIONS
from ..storage.retries import alone, patient
from ..storage.store import now

VIEWER, RESEARCHER, TRAINER, ADMIN = SCOPES = ("viewer", "researcher", "trainer", "admin")
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")
SECRET = re.compile(r"vitrion_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
SECRET_BYTES = 32  # 256 bits
MOST_DAYS = 3650.0
_NOBODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Key:
    """An access key as it stands, without its secret.

    Parameters
    ----------
    id, name
        Its public part, and whom it stands for: what one key of a name made, another of that name may see.
    scope
        One of `SCOPES`; each allows what those before it do.
    created, expires, revoked
        Times in UTC as ISO 8601 writes them; None where it was not revoked.
    """

    id: str
    name: str
    scope: str
    created: str
    expires: str
    revoked: str | None = None

    @property
    def state(self) -> str:
        """``valid``, ``revoked`` or ``expired``."""
        return "revoked" if self.revoked else "valid" if self.expires > now() else "expired"


class Keyring:
    """The keys of a service, and the sessions that browsers opened with them.

    A secret has 256 bits of chance, so that its plain sha256 cannot be guessed back.

    Parameters
    ----------
    engine
        Of the service's database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def new(self, name: str, scope: str, days: float) -> tuple[Key, str]:
        """Make a key; return it and its secret, which is not kept and cannot be shown again."""
        if not NAME.fullmatch(name):
            raise InputError(f"{visible(name)!r} is no name of a key; use letters, digits, - _ . @, at most 64")
        if scope not in SCOPES:
            raise InputError(f"{visible(scope)!r} is no scope; give one of {', '.join(SCOPES)}")
        if not 0 < days <= MOST_DAYS:
            raise InputError(f"a key for {days:g} days is not made; give a number above 0 and up to {MOST_DAYS:g}")
        number, word = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
        secret = f"vitrion_{number}_{word}"
        key = Key(number, name, scope, now(), _in(timedelta(days=days)))
        self._keep(key, _digest(secret))
        return key, secret

    @patient
    def _keep(self, key: Key, digest: str) -> None:
        row = {field: value for field, value in vars(key).items() if field != "revoked"} | {"digest": digest}
        with alone(self.engine) as connection:
            taken = connection.execute(sa.select(KEYS).where((KEYS.c.name == key.name) & KEYS.c.revoked.is_(None)))
            others = [_key(one) for one in taken.mappings()]
            if any(other.state == "valid" and other.scope != key.scope for other in others):
                raise ConflictError(
                    f"{key.name} has a valid key of another scope; revoke it first, or choose another name"
                )
            if key not in others:  # else it is kept, and the database went away before it said so
                connection.execute(KEYS.insert().values(**row))

    @patient
    def all(self) -> list[Key]:
        """Return all keys, the newest first."""
        with self.engine.connect() as connection:
            return [_key(row) for row in connection.execute(sa.select(KEYS).order_by(KEYS.c.created.desc())).mappings()]

    @property
    def has_any(self) -> bool:
        """Whether some key is valid."""
        return any(key.state == "valid" for key in self.all())

    def revoke(self, told: str) -> list[Key]:
        """Let a key, told by its id, or all keys of a name, count no longer; return those that did before."""
        found = [key for key in self.all() if told in (key.id, key.name) and not key.revoked]
        if not found:
            raise NotFoundError(
                f"no key that counts has the id or name {visible(told)!r}; 'vitrion keys list' shows all"
            )
        self._revoke([key.id for key in found])
        return found

    @patient
    def _revoke(self, numbers: list[str]) -> None:
        with self.engine.begin() as connection:
            connection.execute(KEYS.update().where(KEYS.c.id.in_(numbers)).values(revoked=now()))
            connection.execute(SESSIONS.delete().where(SESSIONS.c.key.in_(numbers)))

    def find(self, secret: str) -> Key | None:
        """Return the valid key that has a secret; None where there is none."""
        key = self.known(secret)
        return key if key is not None and key.state == "valid" else None

    @patient
    def known(self, secret: str) -> Key | None:
        """Return the key that has a secret, whether or not it still counts; None where there is none."""
        told = SECRET.fullmatch(secret)
        row = self._row(told[1]) if told else None
        same = hmac.compare_digest(_digest(secret), row["digest"] if row is not None else _NOBODY)
        return _key(row) if same and row is not None else None

    @patient
    def open_session(self, key: Key, hours: float) -> str:
        """Open a session of a browser with a key, at most as long as the key counts; return its secret."""
        word, ends = secrets.token_urlsafe(SECRET_BYTES), min(_in(timedelta(hours=hours)), key.expires)
        with self.engine.begin() as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.expires < now()))
            connection.execute(SESSIONS.insert().values(digest=_digest(word), key=key.id, expires=ends))
        return word

    @patient
    def find_session(self, word: str) -> Key | None:
        """Return the valid key with which a session was opened; None where it ended, or its key counts no longer.

        Sessions are looked up by the hash of their secret: how long that takes tells nothing of the secret.
        """
        asked = sa.select(SESSIONS.c.key).where((SESSIONS.c.digest == _digest(word)) & (SESSIONS.c.expires > now()))
        with self.engine.connect() as connection:
            number = connection.execute(asked).scalar()
        row = self._row(number) if number is not None else None
        key = _key(row) if row is not None else None
        return key if key is not None and key.state == "valid" else None

    @patient
    def close_session(self, word: str) -> None:
        """End a session."""
        with self.engine.begin() as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.digest == _digest(word)))

    def _row(self, number: str) -> sa.RowMapping | None:
        with self.engine.connect() as connection:
            return connection.execute(sa.select(KEYS).where(KEYS.c.id == number)).mappings().first()


def _key(row: sa.RowMapping) -> Key:
    return Key(**{name: row[name] for name in Key.__dataclass_fields__})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _in(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat(timespec="milliseconds")
