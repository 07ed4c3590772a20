"""What a clinic lays over the published rules, payer by payer and value by value, without touching them.

An overlay holds the same files as a rulebook. In the set of all files those of an overlay stand under
`overlays/<number>-<name>/`; a higher number lies over a lower one, and all of them over what is shipped.
Each dated value of an overlay stands over those beneath it, of the same plan or of the same payer, from
its first day on, however specific they are; where it ends (`null`), what lies beneath shows again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Plain = Mapping[str, Any]
Files = Mapping[str, bytes]
OVERLAY = re.compile(r"overlays/([0-9]{1,2})-[^/]+/")
MOST = 90  # a plan still outweighs its payer


@dataclass(frozen=True, slots=True)
class Layer:
    """The files of one layer by their own names; `prefix` is what they are called by in the whole set."""

    number: int
    prefix: str
    files: Files


def lay_files(base: Files, overlays: Sequence[tuple[str, Files]]) -> dict[str, bytes]:
    """Return all files of a rulebook and its overlays, each a name and its files, the last on top."""
    whole = dict(base)
    begun = max((layer.number for layer in split_layers(base)), default=0)
    for number, (name, files) in enumerate(overlays, begun + 1):
        prefix = f"overlays/{number}-{name.replace('/', '-') or 'overlay'}/"
        whole.update({prefix + file: content for file, content in files.items()})
    return whole


def split_layers(files: Files) -> list[Layer]:
    """Return the layers of a set of files, the rulebook itself (number 0) first."""
    base: dict[str, bytes] = {}
    overlays: dict[tuple[int, str], dict[str, bytes]] = {}
    for name in sorted(files):
        if (found := OVERLAY.match(name)) is None:
            base[name] = files[name]
        else:
            overlay = overlays.setdefault((int(found[1]), found[0]), {})
            overlay[name.removeprefix(found[0])] = files[name]
    return [Layer(0, "", base), *(Layer(*key, overlays[key]) for key in sorted(overlays))]


def lay_over(below: Plain, above: Plain) -> dict[str, Any]:
    """Return what a payer file, or services.yaml, says with an overlay's on top (`claim` made it its own)."""
    laid = dict(below)
    for name, value in above.items():
        if name == "payer":
            laid[name] = _identity(below.get(name, {}), value)
        elif name == "fees":  # the first price that fits a visit prices it
            laid[name] = [*value, *below.get(name, ())]
        elif name in ("wage_indexes", "examples"):
            laid[name] = value
        else:
            laid[name] = _laid(below[name], value) if name in below else value
    return laid


def claim(data: Plain, layer: Layer) -> Any:
    """Return an overlay's data with its sources and tables called so that they are nobody else's."""
    return {
        name: _claimed_sources(value, layer) if name == "sources" else _claimed(value, layer)
        for name, value in data.items()
    }


def claim_source(name: str, layer: Layer) -> str:
    """Return what an overlay's source is called where it is one of several layers."""
    return f"{layer.prefix.removeprefix('overlays/')}{name}"


def _claimed_sources(sources: Plain, layer: Layer) -> dict[str, Any]:
    return {claim_source(name, layer): {**one, "overlay": layer.number} for name, one in sources.items()}


def _claimed(data: Any, layer: Layer) -> Any:
    if isinstance(data, list):
        return [_claimed(inner, layer) for inner in data]
    if not isinstance(data, Mapping):
        return data
    claimed = {name: _claimed(inner, layer) for name, inner in data.items()}
    if "source" in data and "at" in data:
        claimed["source"] = claim_source(data["source"], layer)
    if isinstance(data.get("file"), str):
        claimed["file"] = layer.prefix + data["file"]
    return claimed


def _identity(below: Plain, above: Plain) -> dict[str, Any]:
    """Return who a payer is; an overlay's ids stand for those of the same network."""
    networks = {one["network"] for one in above.get("ids", ())}
    ids = [one for one in below.get("ids", ()) if one["network"] not in networks]
    laid = {**below, **above, "aliases": _union(below.get("aliases", ()), above.get("aliases", ()))}
    return {**laid, "ids": [*above.get("ids", ()), *ids]}


def _laid(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{name: _named(name, below.get(name), value) for name, value in above.items()}}
    if isinstance(below, list) and isinstance(above, list):
        return [*below, *above]  # dated values: which is in force is judged by what each weighs
    return above


def _named(name: str, below: Any, above: Any) -> Any:
    if below is None:
        return above
    return _union(below, above) if name == "aliases" else _laid(below, above)


def _union(*lists: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(item for items in lists for item in items))


def misfits(
    below: Mapping[str, Plain], payers: Mapping[str, Plain], programs: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield each payer of an overlay that does not fit what lies beneath: its id, the field, what to do."""
    for payer_id, data in payers.items():
        stated, program = data["payer"], data["payer"].get("program")
        line = below[payer_id]["payer"]["line_of_business"] if payer_id in below else None
        if line not in (None, stated["line_of_business"]):
            message = f"Must be {line}, as beneath; another line of business is another payer."
            yield payer_id, "line_of_business", message
        if program is not None and program not in programs:
            yield payer_id, "program", f"There is no file programs/{program}.yaml, here or beneath."
