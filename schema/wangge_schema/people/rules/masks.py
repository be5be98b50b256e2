"""Masked forms of personal values: what lists and other people's eyes get.

No national pattern binds; these are the convention of `138****1234` and `张*`. Each form is made when the
value is stored, so that showing it needs no key.
"""


def mask_name(name: str) -> str:
    """Return the first character and one star, whatever the length: `张*`."""
    return f"{name[:1]}*"


def mask_phone(phone: str) -> str:
    """Return the first three and last four digits of a mobile number: `138****1234`."""
    return _keep(phone, 3, 4)


def mask_document(number: str) -> str:
    """Return the first three and last four of 18 characters; of shorter numbers one and two.

    An empty number, of a person without a document, stays empty.
    """
    return _keep(number, 3, 4) if len(number) == 18 else _keep(number, 1, 2)


def mask_wholly(text: str) -> str:
    """Return three stars for any value, whatever its length; an empty one stays empty."""
    return "***" if text else ""


def mask_address(place: str) -> str:
    """Return the address up to the building or estate (`place`), hiding what stands behind it."""
    return f"{place}***"


def _keep(text: str, first: int, last: int) -> str:
    """Replace all but the ends by stars; a text with fewer than three signs to hide is hidden wholly."""
    if len(text) < first + last + 3:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[-last:]
