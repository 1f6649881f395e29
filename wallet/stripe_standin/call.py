"""One call of the API, and what every call may ask: lists by pages, and expansion.

https://docs.stripe.com/api/pagination and https://docs.stripe.com/api/expanding_objects
"""

from dataclasses import dataclass
from typing import Any

from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.params import Fields, Form, integer, moments, read, text
from wallet.stripe_standin.state import Object, State

LIMIT_DEFAULT = 10
LIMIT_MAX = 100
EXPANSION_DEPTH_MAX = 4
PAGING: Fields = {
    "limit": integer,
    "starting_after": text,
    "ending_before": text,
    "created": moments,
}
# Lists that an object has only when asked for: where their entries are, and what points back.
INCLUDABLE = {
    ("checkout.session", "line_items"): ("item", "_session", "/v1/checkout/sessions/{}/line_items"),
    ("charge", "refunds"): ("refund", "charge", "/v1/charges/{}/refunds"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in. `ids` are the variable parts of the path."""

    state: State
    path: str
    ids: tuple[str, ...]
    form: Form

    @property
    def id(self) -> str:
        """The object that the path names."""
        return self.ids[0]


def plain(call: Call) -> None:
    """Refuses whatever parameter a call without any was given."""
    read(call.form, {})


def listed(url: str, data: list[Object], has_more: bool = False) -> Object:
    """The list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def page(call: Call, kind: str, filters: Fields | None = None, **fixed: Any) -> Object:
    """A page of the objects of this kind, newest first. The filters compare by equality."""
    asked = read(call.form, {**PAGING, **(filters or {})})
    limit = asked.get("limit", LIMIT_DEFAULT)
    if not 1 <= limit <= LIMIT_MAX:
        raise ApiError(f"Invalid limit: must be 1 to {LIMIT_MAX}", param="limit")
    equal = {name: asked[name] for name in filters or {} if name in asked}
    created = asked.get("created", {})
    found = [
        entry
        for entry in call.state.where(kind, **{**equal, **fixed})
        if _in_range(entry["created"], created)
    ]
    ids = [entry["id"] for entry in found]
    for name in ("starting_after", "ending_before"):
        if name in asked and asked[name] not in ids:
            message = f"No such {kind}: '{asked[name]}'"
            raise ApiError(message, code="resource_missing", param=name)
    if "starting_after" in asked:
        found = found[ids.index(asked["starting_after"]) + 1 :]
    elif "ending_before" in asked:
        found = found[: ids.index(asked["ending_before"])]
        return listed(call.path, found[-limit:], has_more=len(found) > limit)
    return listed(call.path, found[:limit], has_more=len(found) > limit)


def _in_range(moment: int, bounds: dict[str, int]) -> bool:
    return (
        moment > bounds.get("gt", moment - 1)
        and moment >= bounds.get("gte", moment)
        and moment < bounds.get("lt", moment + 1)
        and moment <= bounds.get("lte", moment)
    )


def expand(state: State, known: Object, path: str) -> Object:
    """The object with the ids along `path`, such as `payment_intent.latest_charge`, followed."""
    steps = path.split(".")
    if len(steps) > EXPANSION_DEPTH_MAX:
        raise ApiError(f"You cannot expand more than {EXPANSION_DEPTH_MAX} levels", param="expand")
    expanded: Object = _expanded(state, known, steps)
    return expanded


def _expanded(state: State, value: Any, steps: list[str]) -> Any:
    if isinstance(value, list):
        return [_expanded(state, entry, steps) for entry in value]
    if isinstance(value, str):
        value = state.find(value)
    if value is None or (not steps and isinstance(value, dict)):
        return value
    if not isinstance(value, dict):
        raise ApiError("This property cannot be expanded.", param="expand")
    step, *rest = steps
    if source := INCLUDABLE.get((value["object"], step)):
        kind, owner, url = source
        entries = state.where(kind, **{owner: value["id"]})
        return {**value, step: _expanded(state, listed(url.format(value["id"]), entries), rest)}
    if step not in value:
        raise ApiError(f"This property cannot be expanded ({step}).", param="expand")
    return {**value, step: _expanded(state, value[step], rest)}
