"""How much of a body is read: more of pictures and batches, and never by way of a file on the disk.

What is larger than usual is read for nobody but whom the guard let in: it looks at a body only after it
knows who is calling.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Flask, Request, request

from service.config import Settings

WHOLE_BATCH = frozenset({"batches.create", "actuals.take_in", "console.take_in_actuals"})
BATCH_IN_A_FORM = frozenset({"console.put_up_batch"})
ONE_PICTURE = frozenset({"cards.put", "console.put_up_card"})
WHOLE_FORM = frozenset({"console.ask"})
"""Where a form may bring both sides of a card at once, and a payer's reply that was given before."""


class InMemory(Request):
    """A request whose files stay in memory: what was uploaded of a member never lies on the disk in clear."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def limit_bodies(app: Flask, settings: Settings) -> None:
    """Say how large a body may be; before the guard, which may read it for what vouches for a form."""
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.request_class = InMemory

    @app.before_request
    def leave_room_for_pictures() -> None:
        if request.endpoint in ONE_PICTURE:
            request.max_content_length = settings.max_picture_bytes + settings.max_body_bytes
        elif request.endpoint in WHOLE_BATCH:
            request.max_content_length = settings.max_batch_bytes
        elif request.endpoint in BATCH_IN_A_FORM:
            request.max_content_length = settings.max_batch_bytes + settings.max_body_bytes
        elif request.endpoint in WHOLE_FORM:
            request.max_content_length = 2 * settings.max_picture_bytes + 4 * settings.max_body_bytes
            request.max_form_memory_size = 4 * settings.max_body_bytes
