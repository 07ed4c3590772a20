"""What Lighthouse says of the answer, verify and morning pages, as somebody sees them who is signed in, and
of a clinic's website that holds the quick check.

`python -m tests.proofs.lighthouse` needs Node with `npx`, which fetches Lighthouse, and the Chromium that
`OPENVOB_TEST_CHROMIUM` names. It prints the scores, for a phone on a slow line and for a desktop.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from tests.databases import browser_path
from tests.proofs.clerk import Hand, desk, put_up_a_list, sign_in, thirty, verify
from tests.widget.website import Website, register

CATEGORIES = ("performance", "accessibility", "best-practices")
WAYS = {"phone": (), "desktop": ("--preset=desktop",)}
SECONDS = 180


def scores(url: str, cookie: str, way: str) -> dict[str, int]:
    """The scores of a page for somebody with this cookie, from 0 to 100, and what lowered them."""
    with tempfile.TemporaryDirectory() as folder:
        report, headers = Path(folder, "report.json"), Path(folder, "headers.json")
        headers.write_text(json.dumps({"Cookie": cookie}), "ascii")
        command = ["npx", "--yes", "lighthouse", url, "--quiet", "--output=json", f"--output-path={report}"]
        command += [f"--extra-headers={headers}", f"--only-categories={','.join(CATEGORIES)}", *WAYS[way]]
        command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        places = os.environ | {"CHROME_PATH": str(browser_path())}
        subprocess.run(command, env=places, check=True, timeout=SECONDS, capture_output=True)
        found = json.loads(report.read_text("utf-8"))
    for name in CATEGORIES:
        for each in found["categories"][name]["auditRefs"]:
            audit = found["audits"][each["id"]]
            if each["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"      {name}: {audit['title']} {audit.get('displayValue', '')}")  # noqa: T201
    return {name: round(100 * found["categories"][name]["score"]) for name in CATEGORIES}


def main() -> None:
    """Score each page in each way."""
    with desk() as (app, page, address):
        rows, hand = thirty(app), Hand(page)
        page.goto(f"{address}/")
        sign_in(hand)
        verify(hand, "medicare", "1EG4TE5MK73", "1957-03-02")
        pages = {"answer": page.url, "verify": f"{address}/verify"}
        put_up_a_list(hand, rows)
        pages["morning"] = page.url
        website = Website(address.removesuffix("/console"))
        website.key = register(app, website.origin)
        pages["widget"] = website.origin
        (cookie,) = page.context.cookies()
        print(f"  {'page':<10} {'way':<8} {'  '.join(CATEGORIES)}")  # noqa: T201
        for name, url in pages.items():
            for way in WAYS:
                found = scores(url, f"{cookie['name']}={cookie['value']}", way)
                figures = "  ".join(f"{found[each]:>{len(each)}}" for each in CATEGORIES)
                print(f"  {name:<10} {way:<8} {figures}")  # noqa: T201


if __name__ == "__main__":
    main()
