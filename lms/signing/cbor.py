"""CBOR in its one deterministic form, so that the same facts are always the same bytes.

Source: RFC 8949, section 4.2. Our values are integers, text, bytes, lists, maps with integer
keys and half-precision numbers; for those cbor2's canonical form is the deterministic one.

``cbor2`` is imported inside the functions: the web process imports this module, but signs nothing
and must not carry 1 MiB that it never uses.
"""

from __future__ import annotations

from typing import Any


def pack(value: object) -> bytes:
    """Return the deterministic CBOR of ``value``."""
    import cbor2

    return cbor2.dumps(value, canonical=True)


def unpack(data: bytes) -> Any:  # noqa: ANN401  (what CBOR can hold; every caller checks the shape)
    """Return what ``data`` holds.

    raises   ValueError if it is no CBOR, has bytes left over, or is not in deterministic form:
             two readers must never see different things in the same bytes.
    """
    import cbor2

    try:
        value = cbor2.loads(data)
        again = pack(value)
    except Exception as error:  # a decoder of hostile bytes may fail in many ways
        raise ValueError("not readable as CBOR") from error
    if again != data:
        raise ValueError("not in deterministic form")
    return value
