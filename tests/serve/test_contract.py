"""Whatever the documentation allows is answered, and never by an error of ours: drawn by schemathesis."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

PURE = ("/api/v1/rank", "/api/v1/sweep", "/api/v1/propose", "/api/v1/jobs/{number}", "/api/v1/models/{name}", "/health")


@pytest.fixture
def contract(http):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", http.app)


schema = schemathesis.pytest.from_fixture("contract")


@pytest.mark.slow
@schema.include(path=list(PURE)).parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_the_service(case, http):
    answer = http.request(
        case.method,
        case.formatted_path,
        params=case.query or None,
        json=case.body if isinstance(case.body, dict | list) else None,
        headers={name: value for name, value in (case.headers or {}).items() if value.isascii()},
    )
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code >= 400:
        assert answer.json()["status"] == answer.status_code
