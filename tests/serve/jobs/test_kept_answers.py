"""Rankings and sweeps under an address: the same for whoever may see them, and no more than there is room for."""

import gzip
import random

from vitrion.serve.jobs.kept_answers import KeptAnswers
from vitrion.serve.settings import Settings, job_folder
from vitrion.serve.storage.store import RANKING, Job, Store, now

LIST = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl2..5", "LiTaCl4O"]
GOAL = {"tg_C": 60.0, "forbidden": ["Ta"]}


def ask(http, **more):
    """A ranking that is kept."""
    return http.post("/api/v1/rank?figure=true&keep=true", json={"candidates": LIST, "goal": GOAL, **more}).json()


def test_a_kept_ranking_is_the_answer_itself(http):
    answer = ask(http, temperature_C=30)
    again = http.get(f"/api/v1/rankings/{answer['id']}")
    assert again.headers["content-encoding"] == "gzip"
    assert again.json() == answer
    plain = http.get(f"/api/v1/rankings/{answer['id']}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.json() == answer
    assert (answer["goal"]["tg_C"], answer["temperature_C"]) == (60.0, 30.0)
    assert answer["goal_words"] == "at least 1 mS/cm at 30 °C, Tg of at most 60 °C, and no Ta"
    (row,) = http.get("/api/v1/rankings").json()["rows"]
    assert (row["id"], row["kind"], row["rows"], row["state"]) == (answer["id"], "ranking", 4, "done")
    assert row["goal_words"] == answer["goal_words"] and row["models"] == answer["models"]
    assert http.get("/api/v1/jobs").json()["rows"] == [], "it is no work that is done or to be done"
    assert http.delete(f"/api/v1/jobs/{answer['id']}").status_code == 204
    assert http.get(f"/api/v1/rankings/{answer['id']}").status_code == 404


def test_nothing_is_kept_unasked(http):
    answer = http.post("/api/v1/rank?figure=true", json={"candidates": LIST}).json()
    assert answer.get("id") is None
    assert http.get("/api/v1/rankings").json()["rows"] == []


def test_a_kept_sweep_says_what_was_asked(http):
    asked = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1:0.25"}}
    answer = http.post("/api/v1/sweep?figure=true&keep=true", json=asked).json()
    again = http.get(f"/api/v1/rankings/{answer['id']}").json()
    assert again == answer and {name: again[name] for name in asked} == asked
    assert [row["kind"] for row in http.get("/api/v1/rankings?kind=sweep").json()["rows"]] == ["sweep"]
    assert http.get("/api/v1/rankings").json()["rows"] == []


def test_the_goal_excludes_by_reason_and_near_duplicates_are_named(http):
    some = ["LiAlCl2.5O0.75", "LiAlCl2.51O0.745", "LiTaCl4O", "Li2AlCl4", "LiAlCl2..5"]
    answer = http.post("/api/v1/rank?figure=true", json={"candidates": some, "goal": GOAL}).json()
    reasons = dict(zip([row["input"] for row in answer["rows"]], answer["excluded"], strict=True))
    assert reasons == {some[0]: "", some[1]: "", some[2]: "elements", some[3]: "charge", some[4]: ""}
    assert all(
        bool(reason) == (row["p_goal"] == 0)
        for reason, row in zip(answer["excluded"], answer["rows"], strict=True)
        if not row["error"]
    )
    texts = [row["input"] for row in answer["rows"]]
    first = {text: texts[place] for text, place in zip(texts, answer["similar"], strict=True)}
    assert first[some[0]] == first[some[1]] and first[some[2]] == some[2]


def test_with_keys_a_ranking_is_its_makers(house, opened):
    with opened(require_keys=1) as http:
        ring = http.app.state.desk.keys
        bearer = {
            name: {"authorization": f"Bearer {ring.new(name, scope, 1)[1]}"}
            for name, scope in (("anna", "viewer"), ("ben", "researcher"), ("root", "admin"))
        }
        body = {"candidates": LIST}
        number = http.post("/api/v1/rank?keep=true", json=body, headers=bearer["anna"]).json()["id"]
        seen = {
            name: (
                http.get(f"/api/v1/rankings/{number}", headers=head).status_code,
                len(http.get("/api/v1/rankings", headers=head).json()["rows"]),
            )
            for name, head in bearer.items()
        }
        assert seen == {"anna": (200, 1), "ben": (404, 0), "root": (200, 1)}


def test_the_oldest_go_beyond_a_number_and_a_size(empty):
    empty.mkdir()
    store = Store(f"sqlite:///{empty / 'service.db'}")
    kept = KeptAnswers(store, Settings(most_kept=3, most_kept_mb=1.0))

    def keep(number, body, owner=""):
        answer = Job(f"{number:020x}", RANKING, "some", {}, f"2026-01-01T00:00:{number:02d}.000+00:00", models={})
        kept.keep(answer, body, owner)

    def left(owner=""):
        return [int(job.id, 16) for job in kept.recent(owner, (RANKING,), 50)]

    for number in range(5):
        keep(number, b"{}")
    for number in range(5, 9):
        keep(number, b"{}", "anna")
    assert (left(), left("anna")) == ([4, 3, 2], [8, 7, 6]), "each key has its own room"
    assert not job_folder(f"{1:020x}").exists() and job_folder(f"{4:020x}").is_dir()
    keep(9, random.Random(0).randbytes(900_000))
    assert left() == [9, 4, 3]
    keep(10, random.Random(1).randbytes(900_000))
    assert left() == [10], "the newest stays"
    body, packed = kept.read(f"{10:020x}")
    assert packed and len(gzip.decompress(body)) == 900_000
    assert kept.store.expired(30.0) == [] and len(kept.store.expired(-1)) == 4
    assert now() > "2026"
    store.close()


def test_where_there_is_no_room_it_is_answered_all_the_same(http, monkeypatch):
    def full(*told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(KeptAnswers, "keep", full)
    answer = ask(http)
    assert len(answer["rows"]) == 4 and answer.get("id") is None
    assert "This answer has no address: the server could not keep it." in answer["notes"]
