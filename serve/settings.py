"""How the service is set up: where it listens, what it keeps, and how much it takes at once."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from ..datasets.home import home, sqlite_url
from .errors.refusals import InputError
from .formatting.addresses import plain_network

PREFIX = "VITRION_"
LEVELS = ("debug", "info", "warning", "error")  # of the log
FLAGS = ("track", "require_keys", "work")


@dataclass(frozen=True)
class Settings:
    """Settings of the service; each can be given as an environment variable, such as ``VITRION_KEEP_DAYS=7``.

    Parameters
    ----------
    database_url
        Where jobs, idempotency keys and campaigns are kept: ``postgresql://...``; files of the home folder when empty.
    most_candidates
        Formulas that one request may rank or sweep; longer lists are jobs.
    most_body_mb, most_upload_mb
        Largest JSON body and largest file that are taken, in MB.
    block_rows
        Rows of a job that are predicted in one step.
    most_waiting
        Requests worked on or waiting at a time; one more is refused at once with the advice to come again.
    most_streams
        Event streams open at a time.
    jobs_at_once
        Lists ranked at a time; trainings run one by one.
    keep_days
        Days for which a finished job and its result are kept.
    keep_keys_days
        Days for which an idempotency key is remembered.
    require_keys
        1 to ask for access keys on this machine too; elsewhere they are asked for always.
    hosts
        Names under which the service is asked for, separated by commas; on loopback beside its usual ones, and with
        keys any name where none is told.
    proxy
        Addresses or networks of reverse proxies, separated by commas: of these alone it is believed for whom they ask.
    most_per_second, most_burst
        Requests a second that one key may make, and how many at once; without keys they are not counted.
    session_hours
        Hours after which a browser has to sign in again.
    most_open_jobs, most_disk_mb
        Jobs of one key that may wait or be worked on at a time, and MB that the files of all its jobs may have; without
        keys they are not counted.
    most_kept, most_kept_mb
        Rankings and sweeps of one key, or of all without keys, that are kept under an address, and the MB that they may
        have; the oldest go first.
    most_propose_s
        Time in seconds that one request for proposals may be expected to take; a longer one is a round of a campaign.
    most_uploads
        Files that are taken at a time.
    most_nesting
        Depth to which JSON may be nested.
    body_seconds
        Time in seconds within which a body has to come.
    most_lines
        Connections open at a time; an address has at most a quarter.
    head_seconds, send_seconds
        Time in seconds within which the head of a request has to come, and over which a client has to read
        1 kB a second of its answer.
    track
        1 to keep rankings of jobs and rounds of campaigns as runs of MLflow, 0 not to.
    work
        1 to work on jobs in the server too, 0 to leave them to processes of ``vitrion worker``.
    stop_s
        Time for requests that are being answered when the server is told to end, in s.
    log_level
        From where on it is logged: ``debug``, ``info`` (a line a request), ``warning`` or ``error``.
    """

    database_url: str = ""
    most_candidates: int = 10_000
    most_body_mb: float = 20.0
    most_upload_mb: float = 200.0
    block_rows: int = 5_000
    most_waiting: int = 64
    most_streams: int = 100
    jobs_at_once: int = 1
    keep_days: float = 30.0
    keep_keys_days: float = 1.0
    require_keys: int = 0
    hosts: str = ""
    proxy: str = ""
    most_per_second: float = 50.0
    most_burst: float = 200.0
    session_hours: float = 12.0
    most_open_jobs: int = 100
    most_disk_mb: float = 10_000.0
    most_kept: int = 200
    most_kept_mb: float = 500.0
    most_propose_s: float = 90.0
    most_uploads: int = 4
    most_nesting: int = 20
    body_seconds: float = 60.0
    most_lines: int = 1_000
    head_seconds: float = 10.0
    send_seconds: float = 60.0
    track: int = 1
    work: int = 1
    stop_s: float = 30.0
    log_level: str = "warning"

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            plain = isinstance(value, str) or entry.name in FLAGS
            if not plain and not (math.isfinite(value) and value > 0):
                raise InputError(f"{PREFIX}{entry.name.upper()}={value} is out of range; give a number above 0")
        if self.database_url and not self.database_url.startswith("postgresql://"):
            told = self.database_url.partition(":")[0][:20]  # the rest may hold a password
            raise InputError(f"{PREFIX}DATABASE_URL begins with {told!r}; give postgresql://..., or leave it out")
        networks(self.proxy)
        if self.log_level not in LEVELS:
            raise InputError(f"{PREFIX}LOG_LEVEL={self.log_level[:20]} is no level; give {', '.join(LEVELS)}")

    @classmethod
    def of_environment(cls) -> Settings:
        """Settings as the environment tells them; the defaults where it is silent."""
        told: dict[str, str | int | float] = {}
        for entry in fields(cls):
            name = PREFIX + entry.name.upper()
            text = os.environ.get(name)
            if not text:
                continue
            try:
                told[entry.name] = {"str": str, "int": int, "float": float}[str(entry.type)](text)
            except ValueError:
                kind = "a whole number" if entry.type == "int" else "a number"
                raise InputError(f"{name}={text} is not {kind}; give one, or leave it out") from None
        return cls(**told)  # type: ignore[arg-type]

    @property
    def store_url(self) -> str:
        """Where our own tables are."""
        return self.database_url.replace("postgresql://", "postgresql+psycopg://") or sqlite_url(home() / "service.db")

    @property
    def workflow_url(self) -> str:
        """Where the steps of jobs are kept."""
        return self.database_url or sqlite_url(home() / "workflows.db")


def networks(told: str) -> list[IPv4Network | IPv6Network]:
    """Networks of addresses that are separated by commas."""
    try:
        return [plain_network(one.strip()) for one in told.split(",") if one.strip()]
    except ValueError as error:
        raise InputError(
            f"{PREFIX}PROXY={told[:100]}: {error}; give addresses or networks, such as 127.0.0.1,172.18.0.0/16"
        ) from None


def job_folder(number: str) -> Path:
    """Return the folder of one job: what was given, its blocks and its result."""
    return home() / "jobs" / number
