"""The migrated template is made anew when what it stands on changes."""

from __future__ import annotations

import re
from pathlib import Path

from tests import conftest

SOURCE = Path(conftest.ROOT) / "src" / "pasti"


def test_the_name_of_the_template_knows_every_file_that_migrations_import() -> None:
    named = Path(conftest.__file__).read_text()
    imports = re.compile(r"^(?:from|import) pasti\.([\w.]+)", re.MULTILINE)
    for migration in SOURCE.rglob("migrations/0*.py"):
        for module in imports.findall(migration.read_text()):
            assert f'"{module.replace(".", "/")}.py"' in named, f"{migration} imports pasti.{module}"
