"""Rank, sweep and propose over HTTP, and what is refused, in which words."""

import json

import numpy as np
import pytest
import vitrion
from vitrion.experiments.registry import versions as registry
from vitrion.serve.api.routes import campaigns as routes_campaigns
from vitrion.serve.api.routes import jobs as routes_jobs
from vitrion.serve.api.routes import library as routes_library
from vitrion.serve.api.routes import predictions as routes_rank
from vitrion.serve.api.routes import state as routes_state
from vitrion.serve.errors.refusals import ConflictError, public
from vitrion.serve.service.predictions import Ask
from vitrion.serve.service.quick import ranked_together

pytestmark = pytest.mark.filterwarnings("ignore")
LACO, FAMILY, RANGES = "LiAlCl2.5O0.75", "LiAlCl{4-2x}O{x}", {"x": "0:1.5:0.25"}


def rank(http, candidates, **told):
    return http.post("/api/v1/rank", json={"candidates": candidates, **told})


@pytest.mark.parametrize("size", [1, 4, 80])
def test_a_ranking_is_that_of_python(reading, size):
    asked = [LACO, "LiAlCl2..5", None, "0.5Li2O-TaCl5", *(f"Li{1 + n / 100}GaCl4O{n / 200}" for n in range(76))][:size]
    told = rank(reading, asked, goal={"tg_C": 60}, temperature_C=30).json()
    expected = vitrion.rank(asked, {"tg_C": 60}, 30.0)
    assert told["models"] == {"tg": 8, "conductivity": 8}
    assert told["places"] == expected.index.tolist()
    assert list(told["rows"][0]) == list(expected.columns)
    for name in expected.columns:
        got, right = [row[name] for row in told["rows"]], expected[name].tolist()
        if expected[name].dtype == float:
            np.testing.assert_allclose([np.nan if one is None else one for one in got], right, rtol=1e-9)
        else:
            assert got == [None if one is not None and one is not True and str(one) == "<NA>" else one for one in right]


def test_lists_ranked_together_are_as_if_alone(reading):
    service, ask = reading.app.state.desk.service, Ask.of(None)
    lists = [[LACO], ["LiAlCl4", "NaAlCl4", LACO], ["no formula"], ["Li3InCl6"]]
    together = [json.loads(one) for one in ranked_together(service, lists, ask)]
    for one, answer in zip(lists, together, strict=True):
        (alone,) = ranked_together(service, [one], ask)
        assert [row["formula"] for row in json.loads(alone)["rows"]] == [row["formula"] for row in answer["rows"]]
        for got, right in zip(answer["rows"], json.loads(alone)["rows"], strict=True):
            assert {name: value for name, value in got.items() if not isinstance(value, float)} == {
                name: value for name, value in right.items() if not isinstance(value, float)
            }
            for name in ("tg_C", "conductivity_S_cm", "p_goal", "cost_usd_per_kg"):
                same = pytest.approx(right[name], rel=1e-5) if right[name] is not None else None
                assert got[name] == same, "single precision"


@pytest.mark.parametrize(
    ("body", "status", "row", "words"),
    [
        ({"candidates": [LACO, 5]}, 422, 2, "row 2 of candidates: Input should be a valid string"),
        ({"candidates": []}, 422, None, "candidates: List should have at least 1 item"),
        ({"candidates": [LACO], "temperature_C": 9999}, 422, None, "temperature_C"),
        ({"candidates": [LACO], "temprature_C": 25}, 422, None, "temprature_C"),
        ({"candidates": [LACO], "goal": {"tgC": 3}}, 422, None, "the goal has tgC; a goal has conductivity_S_cm"),
        ({"candidates": [LACO], "also": ["liquidus"]}, 503, None, "no predictor of liquidus"),
    ],
)
def test_refusals_are_problem_details(reading, body, status, row, words):
    answer = reading.post("/api/v1/rank", json=body)
    told = answer.json()
    assert answer.status_code == told["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in told["detail"]
    assert [one["row"] for one in told["errors"]] in ([row], [])


@pytest.mark.parametrize("content", ['{"candidates": ["LiAlCl4"], "temperature_C": NaN}', '{"candidates": [NaN]}', "{"])
def test_what_is_no_json_is_refused_and_not_sent_back(reading, content):
    answer = reading.post("/api/v1/rank", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_a_field_that_a_request_does_not_have_is_answered_with_those_that_it_has(http):
    begin = {"name": "laco", "template": FAMILY, "variables": RANGES}
    assert http.post("/api/v1/campaigns", json=begin).status_code == 201
    told = {"formula": LACO, "conductivity": 1e-3, "Tg_c": -16.8, "colour": "white"}
    answer = http.post("/api/v1/campaigns/laco/record", json=told)
    assert answer.status_code == 422
    words = {one["where"]: one["message"] for one in answer.json()["errors"]}
    assert set(words) == {"conductivity", "Tg_c", "colour"}
    assert "did you mean conductivity_S_cm" in words["conductivity"] and "did you mean tg_C" in words["Tg_c"]
    assert words["colour"].startswith("there is no such field; the fields are formula, conductivity_S_cm,")
    assert all(word.endswith("operator, date, conditions, trust_units") for word in words.values())
    assert (
        "did you mean temperature_C"
        in http.post("/api/v1/rank", json={"candidates": [LACO], "temprature_C": 25}).json()["detail"]
    )


def test_more_than_one_request_may_hold(house, opened):
    with opened(most_candidates=3) as http:
        answer = rank(http, [LACO] * 4)
        assert answer.status_code == 422
        assert "4 candidates, more than 3; rank longer lists as a job" in answer.json()["detail"]
        family = http.post("/api/v1/sweep", json={"template": FAMILY, "variables": {"x": "0:1:1e-9"}})
        assert "take larger steps" in family.json()["detail"]


def test_a_sweep_with_its_figure(reading):
    body = {"template": FAMILY, "variables": {"x": "0:2.5:0.25"}}
    told = reading.post("/api/v1/sweep?figure=true", json=body).json()
    assert [row["x"] for row in told["rows"]] == pytest.approx(np.arange(0, 2.1, 0.25))
    assert told["left_out"] == 2
    assert any(row["formula"] == LACO and row["tg_C"] == -16.8 for row in told["measured"])
    assert {trace["name"] for trace in told["figure"]["data"]} >= {"measured"}


def test_proposals_learn_results_that_are_told(reading):
    body = {"template": FAMILY, "variables": RANGES, "batch": 2}
    first = reading.post("/api/v1/propose", json=body).json()
    assert len(first["rows"]) == 2 and all(row["reason"] for row in first["rows"])
    best = first["rows"][0]["formula"]
    results = [{"formula": best, "conductivity_S_cm": 2e-3, "temperature_C": 25, "tg_C": -20}]
    second = reading.post("/api/v1/propose", json=body | {"results": results}).json()
    assert best not in {row["formula"] for row in second["rows"]}
    assert second["stop"] == f"the goal is met by {best}"


def test_without_a_model_it_says_so(empty, opened):
    with opened(ready=False) as http:
        while "loaded" in http.get("/ready").json()["reason"]:
            pass
        assert http.get("/ready").status_code == 503
        answer = rank(http, [LACO])
        assert (
            answer.status_code == 503 and "no model of tg and conductivity yet; train first" in answer.json()["detail"]
        )
        assert "retry-after" not in answer.headers
        assert http.get("/health").json()["status"] == "ok"
        told = http.get("/api/v1/models").json()
        assert told["rows"] == []
        assert told["trainable"][:2] == [
            {"name": "tg", "words": "Tg", "ranked": True},
            {"name": "conductivity", "words": "conductivity", "ranked": True},
        ]
        assert {"name": "youngs_modulus", "words": "Young's modulus", "ranked": False} in told["trainable"]


def test_models_are_promoted_and_rolled_back(http, monkeypatch):
    assert [
        (row["property"], row["version"], row["champion"]) for row in http.get("/api/v1/models").json()["rows"]
    ] == [
        ("conductivity", 9, False),
        ("conductivity", 8, True),
        ("tg", 9, False),
        ("tg", 8, True),
    ]
    kept = "/api/v1/models/tg"
    refused = http.post(f"{kept}/promote", json={"version": 9})
    assert refused.status_code == 409 and "no held-out predictions; train again" in refused.json()["detail"]
    assert http.get(f"{kept}/9/compare").json()["passed"] is False
    clerk = http.app.state.desk.jobs.clerk
    for verb, more in (("rollback", {}), ("promote", {"version": 9, "force": True})):
        with pytest.raises(ConflictError, match="tg version 8 answers by now, not 7"):
            clerk.ask(verb, name="tg", present=7, **more)
    monkeypatch.setattr(clerk, "ask", lambda do, name, **told: changed[do](name, *told.values()))
    changed = {"promote": lambda name, version, *told: registry.promote(name, version) or {"reason": "by hand"}}
    changed["rollback"] = lambda name, present: registry.rollback(name)
    assert http.post(f"{kept}/promote", json={"version": 9, "force": True}).json()["models"]["tg"] == 9
    assert rank(http, [LACO]).json()["models"] == {"tg": 9, "conductivity": 8}
    assert http.post(f"{kept}/rollback").json()["version"] == 8
    assert http.post(f"{kept}/promote", json={"version": 7}).status_code == 404
    assert http.get("/api/v1/models/liquidus").status_code == 404


def test_data_are_listed_shown_and_added(http):
    row = {"formula": "LiAlCl2.4O0.8", "conductivity_S_cm": 1.1e-3, "temperature_C": 25}
    done = http.post("/api/v1/data", json={"rows": [row], "note": "by hand"})
    assert done.status_code == 201 and len(done.json()["facts"]) == 1
    shown = http.get("/api/v1/data/lab").json()
    assert shown["of"] == 1 and shown["rows"][0]["formula"] == "LiAlCl2.4O0.8"
    bad = http.post("/api/v1/data", json={"rows": [row | {"tg_C": "warm"}]}).json()
    assert bad["status"] == 422 and "valid_rows" not in bad and "alone" not in bad["detail"]
    assert bad["errors"] == [{"row": 1, "where": "tg_C", "message": "'warm' is not a number; write one such as 1.5e-3"}]
    two = "formula,conductivity_S_cm,temperature_C\nLiAlCl4,1e-6,25\nNaAlCl4,1.52,25\n"
    told = http.post("/api/v1/data/file", files={"file": ("two.csv", two)}).json()
    assert told["detail"] == (
        "two.csv: 1 of 2 rows cannot be taken, so nothing was added; mend it or take the 1 valid row alone"
    )
    assert told["valid_rows"] == 1
    assert [(one["row"], one["where"]) for one in told["errors"]] == [(3, "conductivity")]
    assert told["errors"][0]["message"].startswith("1.52 S/cm: no solid of its class conducts better")
    table = "formula,tg_C\nNaAlCl2.4O0.8,-20\n"
    assert http.post("/api/v1/data/file", files={"file": ("results.csv", table)}).status_code == 201
    assert http.get("/api/v1/data/nothing").status_code == 404
    rows = http.get("/api/v1/data").json()["rows"]
    assert {"tg", "conductivity"} <= {row["name"] for row in rows} and rows[0]["lab"] == 1
    process = http.app.state.desk.jobs.clerk._process
    process.kill()
    process.wait()
    assert http.get("/api/v1/data").json()["rows"] == rows, "kept, and counted anew only when data were added"
    assert process is http.app.state.desk.jobs.clerk._process


def test_openapi_is_complete(reading):
    told = reading.get("/api/v1/openapi.json").json()
    assert len(told["paths"]) > 25
    for path, verbs in told["paths"].items():
        for verb, route in verbs.items():
            assert route["summary"] and route["description"], (verb, path)
            if path.startswith("/api/"):
                assert "application/problem+json" in route["responses"]["422"]["content"], (verb, path)
    example = told["components"]["schemas"]["RankRequest"]["properties"]["candidates"]["examples"][0]
    assert rank(reading, example).status_code == 200


def test_counts_are_shown(http):
    rank(http, [LACO])
    text = http.get("/metrics").text
    assert 'vitrion_requests_total{method="POST",route="/api/v1/rank",status="200"} 1.0' in text
    assert 'vitrion_model_version{property="tg"} 8.0' in text
    assert "vitrion_ready 1.0" in text


def test_the_page_keeps_its_policy(reading):
    page = reading.get("/")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy and "style-src 'self' 'sha256-" in policy and "unsafe" not in policy
    assert "<script>" not in page.text and "onclick" not in page.text
    for name in ("app.js", "service.css", "plotly.min.js"):
        file = reading.get(f"/static/{name}")
        assert file.status_code == 200
        assert reading.get(f"/static/{name}", headers={"if-none-match": file.headers["etag"]}).status_code == 304
    assert reading.get("/static/..%2Fapp.py").status_code == 404


def test_errors_do_not_tell_where_the_server_keeps_its_files(http, house):
    (house / "champions.json").write_text("{")
    told = http.get("/api/v1/models").json()
    assert told["status"] == 503 and "champions.json is damaged" in told["detail"]
    assert str(house) not in told["detail"]
    assert public(f"cannot read {house}/models/tg/8/card.json") == "cannot read card.json"


def test_answers_are_as_documented(http):
    family = {"name": "laco", "template": FAMILY, "variables": RANGES}
    melt = {"formula": "LiAlCl2.4O0.8", "tg_C": -12}
    asked = [
        ("GET", "/health", None),
        ("GET", "/ready", None),
        ("POST", "/api/v1/rank", {"candidates": [LACO]}),
        ("POST", "/api/v1/compare", {"candidates": [LACO]}),
        ("POST", "/api/v1/sweep", {"template": FAMILY, "variables": RANGES}),
        ("POST", "/api/v1/propose", {"template": FAMILY, "variables": RANGES}),
        ("POST", "/api/v1/campaigns", family),
        ("POST", "/api/v1/campaigns/{name}/propose", {}),
        ("POST", "/api/v1/campaigns/{name}/record", melt),
        ("GET", "/api/v1/campaigns/{name}", None),
        ("POST", "/api/v1/campaigns/{name}/to-data", None),
        ("GET", "/api/v1/data/{name}", None),
        ("POST", "/api/v1/jobs", {"candidates": [LACO]}),
        ("GET", "/api/v1/jobs", None),
        ("GET", "/api/v1/models", None),
        ("GET", "/api/v1/models/{name}", None),
        ("GET", "/api/v1/models/{name}/{version}/compare", None),
    ]
    parts = (routes_rank, routes_jobs, routes_campaigns, routes_library, routes_state)
    routes = {(verb, route.path): route for part in parts for route in part.router.routes for verb in route.methods}
    for method, path, body in asked:
        name = "laco" if "campaigns" in path else "lab" if "data" in path else "tg"
        answer = http.request(method, path.format(name=name, version=9), json=body)
        assert answer.is_success, (path, answer.text)
        told, model = answer.json(), routes[method, path].response_model
        model.model_validate(told)
        assert set(told) <= set(model.model_fields), path


def test_an_answer_for_what_nobody_foresaw_is_as_safe_as_any(reading, monkeypatch):
    def broken():
        raise ArithmeticError("LiAlCl4 / 0")

    safe = ("content-security-policy", "x-content-type-options", "referrer-policy")
    fine = reading.get("/metrics")
    monkeypatch.setattr(reading.app.state.desk.store, "counts", broken)
    answer = reading.get("/metrics")
    assert answer.status_code == 500 and answer.json()["title"] == "This should not have happened"
    assert [answer.headers.get_list(name) for name in safe] == [fine.headers.get_list(name) for name in safe]
    assert reading.get("/health").status_code == 200
