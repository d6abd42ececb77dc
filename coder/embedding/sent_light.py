"""Encoders that go to other processes without the model they have loaded."""

from functools import cached_property
from typing import Any


class SentLight:
    """Pickled without its private cached properties: another process makes its own."""

    def __getstate__(self) -> dict[str, Any]:
        state = {}
        for name, value in self.__dict__.items():
            attribute = getattr(type(self), name, None)
            is_model = name.startswith("_") and isinstance(attribute, cached_property)
            if not is_model:
                state[name] = value
        return state
