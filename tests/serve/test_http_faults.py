"""A server under watch stands bad requests, hostile texts and paths: the bounded form of tests/bench/http_proofs.py."""

import asyncio
import collections
import sys
from pathlib import Path

import pytest

BENCH = str(Path(__file__).parents[1] / "bench")
MOST_GROWTH = 100_000_000  # bytes, of a leak; how much it was stands in docs/benchmarks/faults-http.md
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")]


@pytest.fixture
def bench(monkeypatch):
    """The modules of the full form."""
    monkeypatch.syspath_prepend(BENCH)
    import bad_requests
    import http_faults
    import http_schema
    import http_texts
    import payloads

    return collections.namedtuple("Bench", "requests faults schema texts payloads")(
        bad_requests, http_faults, http_schema, http_texts, payloads
    )


def test_a_server_stands_all_of_it(bench, house, tmp_path):
    every = bench.requests.everything()
    assert len(every) > 1_500
    assert (len(bench.payloads.PATHS), len(set(bench.payloads.TEXTS))) == (60, 80)
    server = bench.faults.Server(house, tmp_path / "watch.jsonl")
    try:
        bench.faults.warmed(server.base)
        began = server.memory
        statuses, bad = asyncio.run(bench.faults.volley(server.port, every[:: len(every) // 150]))
        assert not bad and sum(statuses.values()) >= 150
        assert statuses[422] > 60 and statuses[-1] < 5
        assert server.alive

        times = asyncio.run(bench.faults.oversized(server.port, 3))
        assert len(times) == 6
        health, sent = asyncio.run(bench.faults.hostile_load(server.port, 3))
        assert health and sent > 10

        tried = bench.texts.paths(server.base, 6)
        assert len(tried) > 80 and not [status for status in tried if status >= 500 and status != 503]
        assert bench.texts.texts(server.base, 8) == []
        assert bench.texts.logs(Path(f"{server.log}.err").read_text(errors="replace")) == []

        statuses, bad = bench.schema.run(server.base, 4)
        assert not bad and len(statuses) > 30
        assert server.alive
        assert server.memory - began < MOST_GROWTH
        assert bench.faults.serious(server.seen()) == {}
    finally:
        server.end()
