"""Requests that schemathesis makes of the OpenAPI description of a server: as it says, and not as it says."""

import collections
import warnings

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig


def run(base, examples, seed=None):
    """Statuses by operation, and what went wrong.

    Parameters
    ----------
    base
        Address of the server.
    examples
        Requests an operation: half of them as described, half of them not.
    seed
        Of what is drawn; None for the usual one of hypothesis in this run.
    """
    schema = schemathesis.openapi.from_url(f"{base}/api/v1/openapi.json", config=SchemathesisConfig())
    statuses, bad = {}, []
    for found in schema.get_all_operations():
        operation = found.ok()
        counted = statuses[operation.label] = collections.Counter()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            most = max(examples // 2, 1)
            try:
                _drawn(operation, mode, most, base, counted, bad)
            except Exception as error:
                if type(error).__name__ not in ("Unsatisfiable", "InvalidArgument"):
                    raise
    return statuses, bad


def _drawn(operation, mode, most, base, counted, bad):
    checks = [
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ]

    @settings(
        max_examples=most,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=checks,
        derandomize=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = case.call(base_url=base, timeout=60, allow_redirects=False)
        counted[answer.status_code] += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            bad.append((operation.label, answer.status_code, case.as_curl_command()[:1500]))

    one()
