"""What the lines of a file say of those that follow them: the session, the project and so on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.documents.companions import Values
from burnbook.agent_logs.feed_columns import PICKED, Row
from burnbook.agent_logs.origin import RequestOrigin

NO_FIELDS: tuple[Any, ...] = (None,) * len(PICKED)
_ALIAS = PICKED["model_alias"]
_FACTS = slice(PICKED["speed"], PICKED["skill"] + 1)

_KEPT = 4  # fields before those that change with the lines


class SessionContext(msgspec.Struct, array_like=True):
    """The session, project and so on of the lines that follow, from the lines so far."""

    feed: CompiledFeed
    home: str | None = None
    aliases: Mapping[str, str] = {}
    default_model: str | None = None
    session: str | None = None
    project: str | None = None
    branch: str | None = None
    model: str | None = None
    parent: str | None = None
    is_subagent: bool = False
    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    served_by: str | None = None
    subagent: str | None = None
    ts: Any = None
    read: list[int] = []
    companions: list[Values] = []

    def update(self, row: Row) -> bool:
        """Read a line that describes the session; False where it is not one."""
        for number, kind in enumerate(self.feed.settings):
            if not kind.only.all(row):
                continue
            if kind.first_only:
                if number in self.read:
                    return True
                self.read.append(number)
            self.apply(kind.fields, row)
            return True
        return False

    def apply(self, fields: Any, row: Row) -> None:
        """Read the values of a table of settings."""
        session, project, branch, model, parent, subagent, *facts = fields.pick(row)
        self.session = session or self.session
        self.project = project or self.project
        self.branch = branch or self.branch
        self.model = model or self.model
        self.parent = parent or self.parent
        self.is_subagent = bool(subagent) or self.is_subagent
        speed, tier, geo, served_by, name = map(text_of, facts[:5])
        columns = fields.columns
        self.speed = speed if columns["speed"] else self.speed
        self.service_tier = tier if columns["service_tier"] else self.service_tier
        self.inference_geo = geo if columns["inference_geo"] else self.inference_geo
        self.served_by = served_by or self.served_by
        self.subagent = name or self.subagent
        self.ts = self.ts if facts[5] is None else facts[5]

    def move_to(self, ts: datetime) -> bool:
        """Take the values that companions have at a time; returns whether one of them changed."""
        changed = False
        for values in self.companions:
            value = values.at(ts)
            changed |= value != getattr(self, values.name)
            setattr(self, values.name, value)
        return changed

    def origin(
        self, fields: tuple[Any, ...], stem: str, served_by: str | None = None
    ) -> RequestOrigin:
        """The origin of a line with these fields, which come first."""
        speed, tier, geo, server, subagent, skill = map(text_of, fields[_FACTS])
        return RequestOrigin(
            fields[1] or self.session or stem or None,
            fields[2] or self.project,
            fields[3] or self.branch,
            fields[4] or self._model(fields[_ALIAS]),
            bool(fields[6]) or self.is_subagent,
            speed or self.speed,
            tier or self.service_tier,
            geo or self.inference_geo,
            server or self.served_by or served_by,
            subagent or self.subagent,
            self.home,
            skill,
        )

    def _model(self, alias: str | None) -> str | None:
        """The model of a line that names none, but maybe an alias."""
        name = self.model or alias or self.default_model
        return None if name is None else self.aliases.get(name, name)

    def saved(self) -> list[Any]:
        """The state to save for lines that are not there yet."""
        return list(msgspec.structs.astuple(self)[_KEPT:-1])

    def resume(self, saved: list[Any]) -> None:
        """Continue from a saved state."""
        for name, value in zip(self.__struct_fields__[_KEPT:-1], saved, strict=True):
            setattr(self, name, value)


def text_of(value: Any) -> str | None:
    """A text; None for anything else in its place."""
    return value or None if type(value) is str else None
