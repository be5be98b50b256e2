"""Why a value does not fit, in the caller's language: pydantic's reasons in the kit's words."""

from collections.abc import Callable, Mapping

from pydantic_core import ErrorDetails

REASONS: Mapping[str, str] = {
    "missing": "a value is missing.",
    "extra_forbidden": "there is no such value.",
    "greater_than": "it must be more than {gt}.",
    "greater_than_equal": "it must be at least {ge}.",
    "less_than": "it must be less than {lt}.",
    "less_than_equal": "it must be at most {le}.",
    "multiple_of": "it must be a multiple of {multiple_of}.",
    "finite_number": "it must be a finite number.",
    "decimal_max_digits": "it must have at most {max_digits} digits.",
    "decimal_max_places": "it must have at most {decimal_places} decimal places.",
    "string_too_short": "it must have at least {min_length} characters.",
    "string_too_long": "it must have at most {max_length} characters.",
    "string_pattern_mismatch": "it must match the pattern {pattern}.",
    "too_short": "it must have at least {min_length} entries.",
    "too_long": "it must have at most {max_length} entries.",
    "literal_error": "it must be one of {expected}.",
    "enum": "it must be one of {expected}.",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "it must be a whole number."),
    **dict.fromkeys(
        ("decimal_type", "decimal_parsing", "float_type", "float_parsing"), "it must be a number."
    ),
    **dict.fromkeys(("bool_type", "bool_parsing"), "it must be true or false."),
    "string_type": "it must be a text.",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing"), "it must be a day, such as 2026-11-22."
    ),
    **dict.fromkeys(("time_type", "time_parsing"), "it must be a time of day, such as 09:30."),
    **dict.fromkeys(
        ("time_delta_type", "time_delta_parsing"), "it must be a span of time, such as P7D or PT30M."
    ),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "it must be a list."),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "it must be an object."),
}
"""Type of pydantic's error → the reason, with the names of pydantic's own context as fields."""


def reason_of(details: ErrorDetails, text: Callable[[str], str]) -> str:
    """Return a reason in the language of `text`; a validator's own words are looked up there, too."""
    context = details.get("ctx", {})
    known = REASONS.get(details["type"])
    if known is not None:
        return text(known).format(**context)
    own = context.get("error")
    return text(str(own)) if own is not None else details["msg"]
