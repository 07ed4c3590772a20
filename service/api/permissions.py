"""Writes down who may do what, route by route, from the one table that the guard goes by."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from service.security.permissions import METRICS, NEEDS, OPEN, OWN_SESSION, ROLES, SIGNED_IN, SITE_SCOPES, may

INTRODUCTION = """\
# Who may do what

Made by `make permissions` from `service/security/permissions.py`, the one table that the service goes by.
Whatever is not in it is refused. A test walks every route with every role and every scope, and holds the
service to it.

- **Staff** sign in and have a role. **Clients** have an API key with scopes: each opens the operations that
  need it, and `cases:*` those that need `cases:read` or `cases:write`. **Site keys** stand in a clinic's
  pages and open what needs {site}, for pages of the origins they name.
- A client sees the verifications and cases that it made itself, unless it has `records:all` too; staff who
  see any see all. What a client cannot see is not there: 404.
- Auditors see who did what with which record and when; administrators look after staff and keys. Neither
  sees a member.
- Whoever may make keys or take staff in can let others, and so themselves, do anything: `keys:*` and
  `users:*` are worth as much as all the rest. Each use of them stands in the audit trail.
- Where a second factor is required, staff who have none yet can do nothing but set it up.

"""


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every route that a request can have, in the order of addresses."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def export_permissions(app: Flask) -> str:
    """The page for people: a row for each operation, a column for each role."""
    lines = [
        f"| operation | needs | {' | '.join(ROLES)} | site key |",
        f"| --- | --- |{' --- |' * (len(ROLES) + 1)}",
    ]
    for method, rule in routes(app):
        cells = [_need(rule.endpoint)]
        cells += [_mark(_staff_may(rule.endpoint, role)) for role in ROLES]
        cells += [_mark(rule.endpoint in OPEN or may(rule.endpoint, SITE_SCOPES))]
        lines.append(f"| `{method} {rule.rule}` | {' | '.join(cells)} |")
    site = " or ".join(f"`{scope}`" for scope in SITE_SCOPES)
    return INTRODUCTION.format(site=site) + "\n".join(lines) + "\n"


def _staff_may(endpoint: str, role: str) -> bool:
    return endpoint in OPEN | OWN_SESSION or may(endpoint, (*ROLES[role], SIGNED_IN))


def _need(endpoint: str) -> str:
    if endpoint in OPEN:
        return "nothing"
    if endpoint in OWN_SESSION or NEEDS[endpoint] == SIGNED_IN:
        return "a session"
    return f"`{NEEDS[endpoint]}`" + (", or a setting" if endpoint == METRICS else "")


def _mark(allowed: bool) -> str:
    return "yes" if allowed else ""
