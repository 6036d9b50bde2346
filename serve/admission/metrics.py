"""What the service counts, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts of one server; each server has its own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "vitrion_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "vitrion_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=registry
        )
        self.refused = Counter("vitrion_requests_refused", "Requests refused unread.", ["reason"], registry=registry)
        self.at_work = Gauge("vitrion_requests_at_work", "Requests worked on or waiting.", registry=registry)
        self.formulas = Counter("vitrion_formulas_ranked", "Formulas ranked on request.", registry=registry)
        self._jobs = Gauge("vitrion_jobs", "Jobs kept, by state.", ["state"], registry=registry)
        self._models = Gauge("vitrion_model_version", "Version that answers.", ["property"], registry=registry)
        self._ready = Gauge("vitrion_ready", "1 when predictions can be made.", registry=registry)

    def page(self, jobs: Mapping[str, int], models: Mapping[str, int]) -> bytes:
        """All counts as text.

        Parameters
        ----------
        jobs
            Number of jobs in each state.
        models
            Version of each model that is loaded, by property.
        """
        for state, count in jobs.items():
            self._jobs.labels(state).set(count)
        for name, version in models.items():
            self._models.labels(name).set(version)
        self._ready.set(bool(models))
        return bytes(generate_latest(self._registry))
