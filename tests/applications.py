"""The addresses of all pages, the same in every application of a process, are registered once.

Each test has an application of its own, as each server has one. Registering some 300 addresses in
50 blueprints was three quarters of its 9 ms, and all applications register the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import Map, RuleFactory

from lms.app.pages import blueprints


@dataclass
class Addresses:
    """Those of all blueprints, by whether this is the demonstration, which has one more.

    blueprints  returns them.
    complete    the map and the names of the views that the first application has made.
    """

    blueprints: Callable[..., list[Blueprint]]
    complete: dict[bool, tuple[Map, set[str]]] = field(default_factory=dict)

    def all(self, *, demo: bool) -> list[Any]:
        """Return one thing that is registered in place of all blueprints."""
        return [_Together(self, demo=demo)]


@dataclass
class _Together:
    addresses: Addresses
    demo: bool

    def register(self, app: Flask, options: dict[str, Any]) -> None:
        blueprints = self.addresses.blueprints(demo=self.demo)
        found = self.addresses.complete.get(self.demo)
        if found is None:
            for each in blueprints:
                app.register_blueprint(each, **options)
            self.addresses.complete[self.demo] = app.url_map, set(app.view_functions)
            # A map that others share takes no more: its method is hidden by one that refuses.
            app.url_map.add = _refuse  # type: ignore[assignment,method-assign]
            return
        assert not list(app.url_map.iter_rules())
        app.url_map, views = found
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(BlueprintSetupState, "add_url_rule", _only_the_view)
            for each in blueprints:
                app.register_blueprint(each, **options)
        assert set(app.view_functions) == views


def _only_the_view(
    state: BlueprintSetupState,
    rule: str,
    endpoint: str | None = None,
    view_func: Any = None,
    **_options: Any,
) -> None:
    name = endpoint or view_func.__name__
    state.app.view_functions[f"{state.name}.{name}"] = view_func


def _refuse(rule: RuleFactory) -> None:
    raise AssertionError(f"{rule}: all applications of this process have the same addresses")


@contextmanager
def alike() -> Iterator[None]:
    """Let all applications that are made in the block have the same map of addresses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lms.app.blueprints", Addresses(blueprints).all)
        yield
