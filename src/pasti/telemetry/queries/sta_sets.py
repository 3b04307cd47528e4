"""One level of a question in SQL: a set of entities, filtered, ordered, a page of it; of one parent or of many at once.

Pages follow each other by key where the order is one of keys (`after`), so that the thousandth costs what the first did.
Other orders are paged by `$skip`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from pasti.telemetry.queries.sta_filters import Conditions
from pasti.telemetry.queries.sta_rows import Row, Shape
from pasti.telemetry.queries.sta_sql import Sql, joined, put
from pasti.telemetry.queries.sta_tables import TABLES
from pasti.telemetry.rules.sta_ast import Call, Expression, Name, Options
from pasti.telemetry.rules.sta_model import IDS, OBSERVATIONS, Entity, Key
from pasti.telemetry.rules.sta_options import DEFAULT_TOP, LARGEST_TOP
from pasti.telemetry.rules.sta_times import observation_parts
from pasti.telemetry.rules.sta_unfit import Unfit

MOST_ROWS = 20_000  # rows of one level of an expand
TIME_FIRST = ("{a}.phenomenon_time", "{a}.datastream_id")


def page_size(options: Options) -> int:
    """How many are shown at once."""
    return DEFAULT_TOP if options.top is None else min(options.top, LARGEST_TOP)


class SetQuery:
    """A set of `entity` under conditions `where` (on alias a) and the options' own."""

    def __init__(self, entity: Entity, options: Options, shape: Shape, where: Sequence[Sql] = ()):
        self.entity, self.options, self.shape = entity, options, shape
        self.table = TABLES[entity.plural]
        self.joins: list[str] = []
        self.where = list(where)
        if options.filter is not None:
            conditions = Conditions(entity, "a")
            self.where.append(conditions.filter(options.filter))
            self.joins += conditions.joins
        self._everywhere = not where and not _names_stream(options.filter)
        self._keyed = self._key_order()
        self._order = self._ordering()

    def page(self) -> tuple[list[Row], bool]:
        """The rows of the page, and whether more follow."""
        size = page_size(self.options)
        if size == 0:
            return [], False
        query = put(f"{{0}} LIMIT {size + 1} OFFSET {int(self.options.skip)}", self._select())
        with connection.cursor() as cursor:
            cursor.execute(query.text, query.params)
            rows = cursor.fetchall()
        return rows[:size], len(rows) > size

    def count(self) -> int:
        """How many there are without paging."""
        query = put(f"SELECT count(*) FROM {self._from()}{{0}}", self._condition(self.where))
        with connection.cursor() as cursor:
            cursor.execute(query.text, query.params)
            return int(cursor.fetchone()[0])

    def pages(self, parents: Sequence[int]) -> dict[int, list[Row]]:
        """The first page, and one row more where there is one, of each parent; conditions name it `k.id`."""
        size = page_size(self.options)
        found: dict[int, list[Row]] = {}
        if not size:
            return found
        query = put(
            "SELECT k.id, x.* FROM unnest(%s::bigint[]) AS k (id) CROSS JOIN LATERAL"
            f" ({{0}} LIMIT {size + 1} OFFSET {int(self.options.skip)}) AS x LIMIT {MOST_ROWS + 1}",
            self._select(),
        )
        with connection.cursor() as cursor:
            cursor.execute(query.text, [list(parents), *query.params])
            rows = cursor.fetchall()
        if len(rows) > MOST_ROWS:
            raise Unfit(f"$expand would bring more than {MOST_ROWS} entities: ask for fewer with $top or $filter")
        for parent, *row in rows:
            found.setdefault(parent, []).append(tuple(row))
        return found

    def counts(self, parents: Sequence[int]) -> dict[int, int]:
        """How many each parent has."""
        query = put(
            "SELECT k.id, x.n FROM unnest(%s::bigint[]) AS k (id) CROSS JOIN LATERAL"
            f" (SELECT count(*) AS n FROM {self._from()}{{0}}) AS x",
            self._condition(self.where),
        )
        with connection.cursor() as cursor:
            cursor.execute(query.text, [list(parents), *query.params])
            return dict(cursor.fetchall())

    def next_query(self, last: Row) -> str:
        """The query string of the page after the one that ends with `last`."""
        kept = {name: text for name, text in self.options.text.items() if name not in ("$skip", "$skiptoken")}
        if self._keyed is not None:
            kept["$skiptoken"] = str(self.shape.key(last))
        else:
            kept["$skip"] = str(self.options.skip + page_size(self.options))
        return urlencode(kept, safe="$,()/':=;")

    def _from(self) -> str:
        return f"{self.table.source('a')}{self.table.joined('a')}{''.join(self.joins)}"

    def _condition(self, where: Sequence[Sql]) -> Sql:
        return put(" WHERE {0}", joined(" AND ", where)) if where else Sql("")

    def _select(self) -> Sql:
        if self._by_stream():
            return self._select_by_stream()
        # Inside of LATERAL the columns need names of their own.
        columns = ", ".join(f"{column} AS c{index}" for index, column in enumerate(self.shape.columns))
        where = [*self.where, *self._after()]
        return put(f"SELECT {columns} FROM {self._from()}{{0}} ORDER BY {{1}}", self._condition(where), self._order)

    def _by_stream(self) -> bool:
        """Whether observations of all streams are asked for in a way that their index serves stream by stream only."""
        if self.entity is not OBSERVATIONS or not self._everywhere or self._keyed is None:
            return False
        return self._keyed[0] is TIME_FIRST or self.options.filter is not None

    def _select_by_stream(self) -> Sql:
        """The page of each stream by its index, and of those the page: costs streams, not observations."""
        columns = ", ".join(f"{column} AS c{index}" for index, column in enumerate(self.shape.columns))
        way = " DESC" if self._keyed and self._keyed[1] else ""
        where = [Sql("a.datastream_id = s.id"), *self.where, *self._after()]
        most = page_size(self.options) + 1 + int(self.options.skip)
        return put(
            f"SELECT {columns} FROM telemetry_datastream s CROSS JOIN LATERAL (SELECT a.* FROM {self._from()}{{0}}"
            f" ORDER BY a.phenomenon_time{way} LIMIT {most}) AS a ORDER BY {{1}}",
            self._condition(where), self._order,
        )  # fmt: skip

    def _key_order(self) -> tuple[tuple[str, ...], bool] | None:
        """Columns and direction when the order asked for is one of keys."""
        keys = self.table.key
        if not self.options.order:
            return keys, False
        key, *rest = self.options.order
        if rest or not isinstance(key.by, Name) or len(key.by.steps) != 1:
            return None
        if key.by.steps[0] in IDS:
            return keys, key.descending
        if self.entity is OBSERVATIONS and key.by.steps[0] == "phenomenonTime":
            return TIME_FIRST, key.descending
        return None

    def _ordering(self) -> Sql:
        if self._keyed is not None:
            columns, descending = self._keyed
            way = " DESC" if descending else ""
            return Sql(", ".join(column.replace("{a}", "a") + way for column in columns))
        conditions = Conditions(self.entity, "a", prefix="o")
        keys = [conditions.order(one) for one in self.options.order]
        self.joins += conditions.joins
        return joined(", ", [*keys, *(Sql(one) for one in self.table.keys("a"))])

    def _after(self) -> list[Sql]:
        """What follows the key of `$skiptoken`."""
        if not self.options.after:
            return []
        if self._keyed is None:
            raise Unfit("$skiptoken is only for the next link it came in")
        values = self._values(self.options.after)
        columns, descending = self._keyed
        names = [one.replace("{a}", "a") for one in columns]
        ordered = values[::-1] if columns is TIME_FIRST else values
        sign = "<" if descending else ">"
        holes = ", ".join("%s" for _ in names)
        after = Sql(f"({', '.join(names)}) {sign} ({holes})", tuple(ordered))
        # Said once more of the first column alone, which the index understands whatever its order.
        return [Sql(f"{names[0]} {sign}= %s", (ordered[0],)), after]

    def _values(self, token: str) -> list[Any]:
        if self.entity is OBSERVATIONS:
            parts = observation_parts(token)
            if parts:
                return list(parts)
        elif token.isascii() and token.isdigit() and len(token) < 19:
            return [int(token)]
        raise Unfit("$skiptoken is only for the next link it came in")


def _names_stream(expression: Expression | None) -> bool:
    """Whether a filter asks for one datastream by its id."""
    if not isinstance(expression, Call):
        return False
    if expression.name == "and":
        return any(_names_stream(one) for one in expression.arguments)
    return expression.name == "eq" and any(
        isinstance(one, Name) and len(one.steps) == 2 and one.steps[0] == "Datastream" and one.steps[1] in IDS
        for one in expression.arguments
    )


def key_is(entity: Entity, key: Key) -> Sql:
    """The condition on alias a to be the entity of this id."""
    if entity is not OBSERVATIONS:
        return Sql("a.id = %s", (key,))
    parts = observation_parts(str(key))
    return Sql("a.datastream_id = %s AND a.phenomenon_time = %s", parts) if parts else Sql("FALSE")
