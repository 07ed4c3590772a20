"""Finds every code that can stand in an answer, with the parameters it comes with, by reading the sources.

Codes are read where steps, questions and assumptions are made. Where a code is put together or handed
over, the tables below say what it can be; a place that no table knows is an error, so that nobody adds a
code without a sentence.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from payers.table_reader import read_table
from schemas.model import AUTHORIZATION_STATUSES
from schemas.plan_entries import plan_entries
from schemas.plan_file import NEEDED_PLAN_COLUMNS, PLAN_COLUMNS
from schemas.rule_fields import AUTHORIZATION_HINTS, SECONDARY_KINDS
from tests.explain.reply_codes import LIVE

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "payers" / "rules"
PLACES = ("service", "schemas", "payers")
# It answers in a payer's place, in the payer's forms: none of our codes are made there.
SANDBOX = ROOT / "payers" / "sandbox"
# It speaks to visitors, in words of its own.
QUICK_CHECKS = ROOT / "service" / "quick_checks"
MAKERS = {"Step": 0, "NextStep": 0, "Question": 0, "Assumption": 0, "Ranged": 3}

POTS = ("deductible", "deductible_family", "out_of_pocket", "out_of_pocket_family")
BOTH = ("deductible", "out_of_pocket")
FIRST = ("medicare_advantage", "qmb", "other_coverage", "managed_care_plan")
OF_MEMBER = (
    "coverage_start",
    "coverage_end",
    "plan_year_start",
    "funding",
    "network_status",
    "administrator",
)
CARDS = tuple(
    f"card_{what}"
    for what in (
        "home_plan",
        "blue_prefix",
        "administrator",
        "network",
        "unlisted_payer",
        "behavioral_manager",
        "former_name",
        "brand",
        "medicare_advantage",
    )
)
TERMS = ("phone", "criteria", "initial_units", "review_every_days", "retro_allowed")

# What a code can be where it is put together or handed over, by the module and the expression.
EXPRESSIONS: dict[tuple[str, str], tuple[str, ...]] = {
    **LIVE,
    ("assumptions", "f'{name}_limit_carried_forward'"): tuple(f"{p}_limit_carried_forward" for p in POTS),
    ("authorization", "f'authorization_{fact.value}'"): tuple(
        f"authorization_{status}" for status in AUTHORIZATION_STATUSES
    ),
    ("authorization", "f'hint_{hint.value}'"): tuple(f"hint_{hint}" for hint in AUTHORIZATION_HINTS),
    ("authorization", "standard.note"): ("contract_clock", "plan_clock"),
    ("charges", "USED_UP[line.reason]"): ("limit_used_up", "limit_used_up_exceedable"),
    ("cards", "stated['says']"): CARDS,
    ("coordination", "f'second_{rule.kind}'"): tuple(f"second_{kind}" for kind in SECONDARY_KINDS),
    ("payment_order", "code"): (
        "other_coverage_pays_first",
        "other_coverage_pays_second",
        "confirm_payment_order",
    ),
    ("order_pair", "code"): (
        "ask_coverage_basis",
        "ask_court_order",
        "ask_custody",
        "ask_effective_date",
        "ask_entitlement",
        "ask_esrd_start",
        "ask_relationship",
        "ask_subscriber_birthday",
    ),
    ("order_plans", "code"): (
        "active_before_retired",
        "birthday",
        "cobra_after",
        "court_order",
        "custody",
        "dependent_medicare_own",
        "longer",
        "own_before_dependent",
        "same_birthday",
    ),
    ("coverage", "code"): (
        "level_covered",
        "level_covered_confirmed",
        "enrolled_in_medicare_advantage",
        "enrolled_in_managed_care",
    ),
    ("coverage", "benefit.covered.note or 'level_not_covered'"): ("level_not_covered",),
    ("next_steps", "code"): ("request_limit_exception", "give_notice_before_billing"),
    ("next_steps", "_REASON_STEPS[reason.code]"): (
        "refer_to_covered_setting",
        "raise_hours_or_change_level",
        "verify_with_that_plan",
        "ask_for_current_coverage",
        "keep_bills_toward_share",
    ),
    ("pots", "code"): tuple(f"{pot}_family_unknown" for pot in BOTH),
    ("pots", "f'{name}_limit_unknown'"): tuple(f"{pot}_limit_unknown" for pot in POTS),
    ("pots", "f'{name}_met_unknown'"): tuple(f"{pot}_met_unknown" for pot in POTS),
    ("prices", "_SOURCE_STEPS[known.citation.kind]"): tuple(
        f"allowed_amount_{how}" for how in ("told", "reported", "contracted", "published")
    ),
    ("script", "f'ask_{name}'"): tuple(f"ask_{name}" for name in (*FIRST, *OF_MEMBER)),
    ("script", "f'ask_authorization_{name}'"): tuple(f"ask_authorization_{name}" for name in TERMS),
    ("script", "f'ask_{name}_{scope}'"): tuple(
        f"ask_{name}_{scope}"
        for name in ("deductible", "out_of_pocket_max")
        for scope in ("individual", "family")
    ),
    ("secondary", "code"): ("secondary_medicaid_unknown", "secondary_benefits_unknown"),
    ("steps", "code"): ("deductible_first", "deductible_waived"),
    ("steps", "f'{name}_none'"): tuple(f"{pot}_none" for pot in BOTH),
    ("steps", "f'{name}_stated'"): tuple(f"{pot}_stated" for pot in BOTH),
    # Codes of the rulebook, read from its files below; and codes that are handed on.
    ("published", "note['code']"): (),
    ("confirm", "fact.note"): (),
    ("ranges", "code"): (),
    ("cost", "reason"): ("limit_exception_needed",),
    ("script", "code"): (),
}
# Unknowns that a price names in words of its own.
WITHOUT_A_MAKER = {"prices": ("allowed_amount_unknown", "facility_fee_unpriced", "level_not_priced")}

NONE: frozenset[str] = frozenset()
ASKED = frozenset({"payer", "date"})
OF_LEVEL = ASKED | {"level", "hours", "days"}
POT = frozenset({"scope", "limit"})
OF_TWO = frozenset({"first", "second"})
BESIDE_MEDICARE = frozenset({"medicare", "payer"})
LIMIT = frozenset({"units", "unit", "period"})
# The parameters of what the engine describes apart from naming it; each way in which they can come.
DESCRIBED: dict[str, tuple[frozenset[str], ...]] = {
    "allowed_amount_carried_forward": (frozenset({"on", "source"}), NONE),
    "limit_used_unknown": (LIMIT, NONE),
    "limit_exception_needed": (LIMIT, NONE),
    **{f"{pot}_{what}_unknown": (POT, POT - {"limit"}) for pot in POTS for what in ("met", "limit")},
    **{
        code: (frozenset({"plan"}),)
        for code in ("enrolled_in_medicare_advantage", "enrolled_in_managed_care")
    },
    "parity_filed_limit": (frozenset({"level", "units", "unit"}),),
    **dict.fromkeys(("level_covered", "level_covered_confirmed"), (NONE,)),
    **dict.fromkeys(
        (
            *("active_before_retired", "birthday", "cobra_after", "court_order", "custody"),
            *("dependent_medicare_own", "longer", "own_before_dependent", "same_birthday"),
            *("order_was_told", "order_told_otherwise", "medigap_or_advantage", "payment_order_open"),
            *("ask_payment_order", "ask_plans_order", "ask_medigap_or_advantage"),
        ),
        (OF_TWO,),
    ),
    **dict.fromkeys(CARDS, (frozenset({"name"}),)),
    "card_administrator": (frozenset({"name"}), frozenset({"name", "owner"})),
    "card_former_name": (frozenset({"name", "now"}),),
    "copay": (frozenset({"amount", "per", "max_units"}),),
    "refer_to_covered_setting": (frozenset({"setting", "settings", "level"}),),
    "raise_hours_or_change_level": (frozenset({"hours", "minimum", "level"}),),
    "verify_with_that_plan": (frozenset({"plan", "level"}),),
    **dict.fromkeys(("limit_used_up", "limit_used_up_exceedable"), (LIMIT,)),
    **{
        code: tuple(frozenset({length, "more"}) for length in ("days", "business_days", "hours"))
        for code in ("contract_clock", "plan_clock")
    },
    **{
        f"share_of_cost_{how}": (frozenset({"amount"}), NONE)
        for how in ("unknown", "begins_anew", "not_met", "met")
    },
    "keep_bills_toward_share": (frozenset({"amount", "level"}), frozenset({"level"})),
    "ask_for_current_coverage": (frozenset({"level"}), frozenset({"date", "level"})),
}


@dataclass(frozen=True)
class Use:
    """A code as it is made somewhere, with its parameters; `None` where they are not spelled out."""

    code: str
    params: frozenset[str] | None
    where: str


@cache
def find_uses() -> tuple[Use, ...]:
    """Return every use of a code in the sources and in the rulebook's files."""
    return (*_in_sources(), *_in_rulebook())


def params_of(uses: Iterable[Use]) -> dict[str, tuple[frozenset[str], ...]]:
    """Return, by code, each set of parameters that it can come with."""
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for use in uses:
        ways = DESCRIBED.get(use.code, (use.params,) if use.params is not None else None)
        if ways is None:
            raise AssertionError(f"{use.where}: nobody says with which parameters {use.code} comes")
        found[use.code] = (*found.get(use.code, ()), *ways)
    return found


def _in_sources() -> Iterator[Use]:
    for file in _sources():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for codes, params, line in _made(tree, file.stem):
            yield from (Use(code, params, f"{file.name}:{line}") for code in codes)
        yield from (Use(code, NONE, file.name) for code in WITHOUT_A_MAKER.get(file.stem, ()))


def _sources() -> list[Path]:
    files = [file for place in PLACES for file in sorted((ROOT / place).rglob("*.py"))]
    return [file for file in files if not {SANDBOX, QUICK_CHECKS} & {*file.parents}]


def stale_knowledge() -> list[str]:
    """Return what the tables above say of the sources and what is not there any more."""
    texts: dict[str, str] = {}
    for file in _sources():
        text = ast.unparse(ast.parse(file.read_text(encoding="utf-8")))
        texts[file.stem] = texts.get(file.stem, "") + text
    gone = [f"{module}: {text}" for module, text in EXPRESSIONS if text not in texts.get(module, "")]
    for module, codes in WITHOUT_A_MAKER.items():
        gone += [f"{module}: {code}" for code in codes if repr(code) not in texts[module]]
    used = {use.code for use in find_uses()}
    return gone + [code for code in DESCRIBED if code not in used]


def _made(tree: ast.Module, module: str) -> Iterator[tuple[tuple[str, ...], frozenset[str] | None, int]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.Module):
            continue
        for call in _calls(function):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name in MAKERS and any(word.arg == "code" for word in call.keywords):
                raise AssertionError(f"{module}.py:{call.lineno}: a code is given first, without its name")
            if module == "script" and name == "ask":
                yield _codes(call.args[0], module), OF_LEVEL, call.lineno
            elif name in MAKERS and len(call.args) > MAKERS[name]:
                params = NONE if name == "Ranged" else _params(call, function, module)
                yield _codes(call.args[MAKERS[name]], module), params, call.lineno


def _calls(scope: ast.FunctionDef | ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that stand in a function itself, or in the module outside of its functions."""
    todo: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        todo += ast.iter_child_nodes(node)


def _codes(expression: ast.expr, module: str) -> tuple[str, ...]:
    if isinstance(expression, ast.Constant):
        return (str(expression.value),)
    if isinstance(expression, ast.IfExp):
        return (*_codes(expression.body, module), *_codes(expression.orelse, module))
    text = ast.unparse(expression)
    if (module, text) not in EXPRESSIONS:
        raise AssertionError(f"{module}.py: nobody says which codes {text} can be")
    return EXPRESSIONS[module, text]


def _params(call: ast.Call, function: ast.AST, module: str) -> frozenset[str] | None:
    if len(call.args) < 2:
        return NONE
    if module == "script":
        return ASKED
    return _keys(call.args[1], function)


def _keys(expression: ast.expr, function: ast.AST) -> frozenset[str] | None:
    """Return the keys of a literal, or of the literal that a name was given in the same function."""
    if isinstance(expression, ast.Name):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target, value in _pairs(node):
                    if isinstance(target, ast.Name) and target.id == expression.id:
                        return _keys(value, function)
        return None
    if not isinstance(expression, ast.Dict):
        return None
    keys: set[str] = set()
    for key, value in zip(expression.keys, expression.values, strict=True):
        if key is None:
            inner = _keys(value, function)
            if inner is None:
                return None
            keys |= inner
        elif isinstance(key, ast.Constant):
            keys.add(str(key.value))
    return frozenset(keys)


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _in_rulebook() -> Iterator[Use]:
    for file in sorted(RULES.rglob("*.yaml")):
        yield from _notes(yaml.safe_load(file.read_text(encoding="utf-8")), file.name)
    for file in sorted(RULES.glob("plans/*.csv")):
        sheet = read_table(file.read_bytes(), PLAN_COLUMNS, NEEDED_PLAN_COLUMNS)
        for row in sheet.rows:
            said = plan_entries([row])
            noted = [entry for path, entries in said.items() if path[-1] == "plan_notes" for entry in entries]
            yield from _notes({"notes": noted}, file.name)


def _notes(data: Any, file: str) -> Iterator[Use]:
    if isinstance(data, list):
        for item in data:
            yield from _notes(item, file)
    elif isinstance(data, dict):
        if isinstance(data.get("note"), str):
            yield Use(data["note"], NONE, file)
        for name, inner in data.items():
            if not name.endswith("notes"):
                yield from _notes(inner, file)
                continue
            for entry in inner:
                for note in entry["value"] or ():
                    yield Use(note["code"], frozenset(note.get("params", {})), file)
