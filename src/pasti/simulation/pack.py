"""demo.yaml of the city pack: where the demo's resident lives and which unit each role works at."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pasti.kernel.accounts.roles import ROLES


class DemoRole(BaseModel):
    """The account of one role: its unit (an agency code, or its area's place) and the people it may see."""

    model_config = ConfigDict(extra="forbid")
    role: str
    unit: str = ""
    area: Literal["", "home_rt", "home_rw", "home", "city"] = ""

    @field_validator("role")
    @classmethod
    def _role_exists(cls, value: str) -> str:
        if value not in ROLES:
            raise ValueError(f"peran tidak dikenal (unknown role): {value}")
        return value


class DemoSection(BaseModel):
    """demo.yaml"""

    model_config = ConfigDict(extra="forbid")
    home: Annotated[str, Field(pattern=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$")]
    status: Literal["usulan"] = "usulan"
    roles: list[DemoRole]
