"""GitHub's limits, by the fake's clock."""

from __future__ import annotations

from tests.github.conftest import PLACE, Scene, path


def test_the_eighty_first_write_of_a_minute_has_to_wait(scene: Scene) -> None:
    scene.github.limits = "real"
    scene.github.rates.points = 10_000
    ref = scene.issue()
    for number in range(79):
        assert scene.post(path(ref, "/comments"), body=str(number)).status_code == 201
    scene.github.clock.move(20)
    refused = scene.post(path(ref, "/comments"), body="80")
    assert (refused.status_code, refused.headers["retry-after"]) == (403, "40")
    assert "secondary rate limit" in refused.json()["message"]
    assert len(scene.github.issue(ref).comments) == 79
    assert scene.get(path(ref)).status_code == 200
    scene.github.clock.move(40)
    assert scene.post(path(ref, "/comments"), body="80").status_code == 201


def test_an_hour_has_its_own_limit_and_the_answer_may_be_429(scene: Scene) -> None:
    scene.github.limits, scene.github.rates.an_hour, scene.github.rates.status = "real", 2, 429
    scene.issue()
    scene.github.clock.move(600)
    scene.issue()
    refused = scene.post(f"/repos/{PLACE}/issues", title="Third")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3000")
    assert scene.github.rates.refused == 1


def test_a_minute_has_points_as_well(scene: Scene) -> None:
    scene.github.limits, scene.github.rates.points = "real", 12
    ref = scene.issue()
    for _ in range(7):
        assert scene.get(path(ref)).status_code == 200
    assert scene.get(path(ref)).headers["retry-after"] == "60"


def test_the_primary_limit_is_told_and_ends_at_its_hour(scene: Scene) -> None:
    scene.github.limits, scene.github.rates.primary["core"] = "real", 3
    ref = scene.issue()
    first = scene.get(path(ref))
    assert first.headers["x-ratelimit-remaining"] == "1"
    same = scene.client.get(path(ref), headers={"If-None-Match": first.headers["etag"]})
    assert same.headers["x-ratelimit-remaining"] == "1"
    scene.get(path(ref))
    refused = scene.get(path(ref))
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert refused.json()["message"].startswith("API rate limit exceeded")
    assert "retry-after" not in refused.headers
    told = scene.get("/rate_limit").json()["resources"]["core"]
    assert (told["remaining"], str(told["reset"])) == (0, refused.headers["x-ratelimit-reset"])
    scene.github.clock.move(3600)
    assert scene.get(path(ref)).status_code == 200


def test_graphql_has_points_of_its_own_and_tells_it_with_status_200(scene: Scene) -> None:
    scene.github.limits, scene.github.rates.primary["graphql"] = "real", 2
    query = "{ viewer { login } rateLimit { remaining limit cost } }"
    assert scene.query(query)["data"]["rateLimit"] == {"remaining": 2, "limit": 2, "cost": 1}
    scene.query(query)
    refused = scene.client.post("/graphql", json={"query": query})
    assert (refused.status_code, refused.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")
    assert scene.get(f"/repos/{PLACE}").status_code == 200


def test_without_limits_nothing_is_refused(scene: Scene) -> None:
    scene.github.rates.a_minute = 1
    scene.issue()
    scene.issue()
    assert scene.github.rates.refused == 0
