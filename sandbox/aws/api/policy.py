"""Evaluates IAM policies as IAM does: an explicit deny wins, and what nothing allows is denied."""

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Context = Mapping[str, str]


def is_allowed(
    policies: Iterable[Mapping[str, Any]], action: str, resource: str, context: Context
) -> bool:
    effects = _effects(policies, action, resource, context)
    return "Allow" in effects and "Deny" not in effects


def is_denied(
    policies: Iterable[Mapping[str, Any]], action: str, resource: str, context: Context
) -> bool:
    """Whether a statement denies it, whatever else allows it."""
    return "Deny" in _effects(policies, action, resource, context)


def _effects(
    policies: Iterable[Mapping[str, Any]], action: str, resource: str, context: Context
) -> set[str]:
    statements = [one for policy in policies for one in _list(policy.get("Statement", []))]
    return {one.get("Effect", "") for one in statements if _matches(one, action, resource, context)}


def _matches(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _includes(statement, "Action", action, ignore_case=True)
        and _includes(statement, "Resource", resource, ignore_case=False)
        and all(
            _holds(operator, key, _list(values), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _includes(statement: Mapping[str, Any], name: str, value: str, *, ignore_case: bool) -> bool:
    if f"Not{name}" in statement:
        return not _any_pattern(statement[f"Not{name}"], value, ignore_case=ignore_case)
    return _any_pattern(statement.get(name, []), value, ignore_case=ignore_case)


def _any_pattern(patterns: Any, value: str, *, ignore_case: bool) -> bool:
    return any(_like(pattern, value, ignore_case=ignore_case) for pattern in _list(patterns))


def _like(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    # IAM knows * and ? only.
    expression = fnmatch.translate(pattern.replace("[", "[[]"))
    return re.match(expression, value, re.IGNORECASE if ignore_case else 0) is not None


_operators: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, got: wanted == got,
    "StringNotEquals": lambda wanted, got: wanted != got,
    "StringLike": _like,
    "ArnLike": _like,
    "ArnEquals": _like,
    "Bool": lambda wanted, got: str(wanted).lower() == got.lower(),
}


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    name = operator.removesuffix("IfExists")
    if name not in _operators:
        message = f"The sandbox's policy evaluation does not know the condition operator {operator}"
        raise NotImplementedError(message)
    got = next((value for known, value in context.items() if known.lower() == key.lower()), None)
    if got is None:
        return operator.endswith("IfExists")
    return any(_operators[name](value, got) for value in wanted)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
