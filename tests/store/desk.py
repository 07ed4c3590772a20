"""A service in a process of its own, which verifies until it is killed and says what it acknowledged."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from service.app import create_app
from service.config import Settings
from service.first_run import prepare

AT_ONCE = 4
REQUEST = {
    "payer": "medicare",
    "member": {
        "member_id": "1EG4TE5MK73",
        "first_name": "Ana",
        "last_name": "Prueba",
        "birth_date": "1957-03-02",
    },
    "level_of_care": "iop",
    "start_date": "2026-12-01",
}


def verify_for_ever(settings: Settings, name: str) -> None:
    """Send requests, each with a key of its own, and print the id of every verification answered."""
    key = prepare(settings).api_key
    app = create_app(settings)

    def work(worker: int) -> None:
        client = app.test_client()
        for number in count():
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"{name}-{worker}-{number}"}
            answer = client.post("/v1/verifications", json=REQUEST, headers=headers)
            assert answer.status_code == 201, answer.json
            sys.stdout.write(f"{answer.json['id']}\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(work, worker) for worker in range(AT_ONCE)]:
            done.result()


if __name__ == "__main__":
    verify_for_ever(Settings.from_env(), sys.argv[1])
