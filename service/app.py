"""Puts the house together: the only place that wires settings, store, rulebook and routes."""

from __future__ import annotations

from flask import Flask

from service.api.problems import answer_problems
from service.api.routes import add_routes
from service.config import Settings
from service.console.pages import add_console
from service.jobs import batch_work, reverifying, schedule, worker
from service.observe.access import observe
from service.office import OFFICE, Office, keep_in_step, open_office
from service.security.bodies import limit_bodies
from service.security.cookies import keep_cookies
from service.security.edges import keep_edges
from service.security.guard import guard
from service.security.keys import Doorkeeper
from service.security.origins import let_pages_ask
from service.security.sessions import Sessions, policy_of
from service.security.throttle import Throttle, limit_rates
from service.widget.serving import add_widget
from service.workers import NowAndThen


def create_app(settings: Settings | None = None) -> Flask:
    """The service as a Flask application; without settings, with those of the environment.

    Raises `service.config.SettingError` and what loading the rulebook and the clinic profile raises.
    """
    settings = settings or Settings.from_env()
    office = open_office(settings)
    app = Flask("service", static_folder=None, instance_path=str(settings.instance_path))
    app.url_map.merge_slashes = False
    app.extensions[OFFICE] = office
    each_minute = NowAndThen(60)
    office.workers.learn(lambda: _work_once(keep_in_step(app.extensions), each_minute))
    observe(app, settings)
    app.extensions["doorkeeper"] = doorkeeper = Doorkeeper(office.store)
    app.extensions["sessions"] = sessions = Sessions(office.store, policy_of(settings))
    keep_cookies(app, settings, office.store.vault)
    limit_bodies(app, settings)
    let_pages_ask(app, doorkeeper)
    guard(app, doorkeeper, sessions)
    keep_edges(app, settings.trusted_proxies)
    app.extensions["throttle"] = throttle = Throttle(settings, office.store.vault)
    limit_rates(app, throttle)
    add_routes(app)
    add_console(app)
    add_widget(app)
    answer_problems(app)
    return app


def _work_once(office: Office, each_minute: NowAndThen) -> bool:
    """Do some of what waits in the background: what somebody sits before comes first."""
    each_minute.do(lambda: schedule.tick(office))
    return worker.work_once(office) or reverifying.work_once(office) or batch_work.work_once(office)
