"""Numbers in another unit, and what is no number, at every door of the REST interface: none passes without a word."""

import json

import httpx

LACO, FAMILY = "LiAlCl2.5O0.75", {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0.5:1:0.25"}}
DOORS = {"rank": {"candidates": [LACO]}, "sweep": FAMILY, "propose": FAMILY, "campaigns": {"name": "units", **FAMILY}}
REFUSED = (
    *({"temperature_C": one} for one in (298.15, 273.15, 313.15, 256.35, True, "25", None, 1e999)),
    *({"goal": {"tg_C": one}} for one in (298.15, 256.35, True, "25")),
    *({"goal": {"conductivity_S_cm": one}} for one in (1, 1.52, -3, True, "1e-3")),
    *({"goal": {"limits": {name: {"below": one}}}} for name, one in (("liquidus", 433.15), ("activation_energy", 30))),
)
NOTICED = ({"temperature_C": 300}, {"goal": {"tg_C": 300}}, {"goal": {"conductivity_S_cm": 0.1}})


def units(stage, times):
    """Give each door each number; refused are those in another unit, noticed those that may be."""
    stage.serve()
    refused = noticed = 0
    with httpx.Client(base_url=f"{stage.base}/api/v1/", timeout=120, trust_env=False) as http:
        for _ in range(times):
            for door, body in DOORS.items():
                for wrong in REFUSED:
                    content = {**body, **wrong}
                    answer = http.post(door, content=_json(content), headers={"content-type": "application/json"})
                    assert answer.status_code == 422, (door, wrong, answer.text[:300])
                    assert "This should not have happened" not in answer.text
                    refused += 1
                for doubtful in NOTICED if door != "campaigns" else ():
                    answer = http.post(door, json={**body, **doubtful})
                    assert answer.status_code == 200 and answer.json()["notes"], (door, doubtful, answer.text[:300])
                    noticed += 1
    return f"{refused} refused with 422, {noticed} answered with a note that names both units"


def _json(body):
    """JSON of a body in which infinity is a number that is too large."""
    return json.dumps(body).replace("Infinity", "1e999")


ATTACKS = {"numbers in another unit": units}
