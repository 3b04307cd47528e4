"""Reading query options and addresses: what means what, and where a mistake stands."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.telemetry.rules.sta_ast import Call, Literal, Name, Period, Shape
from pasti.telemetry.rules.sta_expressions import expression
from pasti.telemetry.rules.sta_lexer import Words
from pasti.telemetry.rules.sta_model import ENTITIES
from pasti.telemetry.rules.sta_options import options
from pasti.telemetry.rules.sta_path import path
from pasti.telemetry.rules.sta_times import EPOCH, MILLISECOND, observation_key, observation_parts, written
from pasti.telemetry.rules.sta_unfit import Unfit

THINGS, OBSERVATIONS = ENTITIES["Things"], ENTITIES["Observations"]
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def shown(text: str) -> str:
    """The tree of an expression, in parentheses."""

    def one(node: object) -> str:
        if isinstance(node, Call):
            return f"{node.name}({' '.join(map(one, node.arguments))})"
        return "/".join(node.steps) if isinstance(node, Name) else repr(node.value)  # type: ignore[attr-defined]

    return one(expression(Words(text)))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a eq 1 or b eq 2 and c eq 3", "or(eq(a 1.0) and(eq(b 2.0) eq(c 3.0)))"),
        ("not a eq 1 and b eq 2", "and(not(eq(a 1.0)) eq(b 2.0))"),
        ("a add 2 mul 3 sub 1 gt -4", "gt(sub(add(a mul(2.0 3.0)) 1.0) -4.0)"),
        ("(a add 2) mul 3 lt 1e3", "lt(mul(add(a 2.0) 3.0) 1000.0)"),
        ("a sub 1 sub 1 eq 0", "eq(sub(sub(a 1.0) 1.0) 0.0)"),
        ("substringof('it''s',name)", 'substringof("it\'s" name)'),
        ("Datastreams/Thing/properties/my-key[0]/x eq null", "eq(Datastreams/Thing/properties/my-key/0/x None)"),
        ("result eq true", "eq(result True)"),
    ],
)
def test_operators_bind_as_the_standard_says(text: str, tree: str) -> None:
    assert shown(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T19:00:00+07:00", NOON),
        ("2026-03-01T19:00:00 07:00", NOON),
        ("2026-03-01T12:00:00.000Z/2026-03-01T13:00:00Z", Period(NOON, NOON + dt.timedelta(hours=1))),
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("12:30", dt.time(12, 30)),
        ("duration'-P1DT2H3M4.5S'", -dt.timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("geography'POINT (1 2)'", Shape("POINT (1 2)")),
        (".5", 0.5),
    ],
)
def test_literals_of_every_kind_are_read(text: str, value: object) -> None:
    found = expression(Words(text))
    assert isinstance(found, Literal)
    assert found.value == value


def test_options_nest() -> None:
    found = options(
        THINGS,
        [
            ("$expand", "Locations($select=name;$top=2),Datastreams($filter=name eq 'a;)(';$expand=Observations($top=1;"
                        "$orderby=phenomenonTime desc,result;$count=true),Sensor),Datastreams/Thing"[:-18]),
            ("$top", "5"), ("$skip", "2"), ("$count", "true"), ("$select", "id,name,Datastreams"), ("other", "$x"),
        ],
    )  # fmt: skip
    assert (found.top, found.skip, found.count, found.select) == (5, 2, True, ("id", "name", "Datastreams"))
    places, streams = found.expand
    assert (places.options.select, places.options.top) == (("name",), 2)
    assert streams.options.text["$filter"] == "name eq 'a;)('"
    observed = streams.options.expand[0].options
    assert (observed.top, observed.count, observed.order[0].descending, observed.order[1].descending) == (
        1,
        True,
        True,
        False,
    )


def test_paths_in_expand_are_expands_inside_of_each_other() -> None:
    found = options(THINGS, [("$expand", "Datastreams/Sensor,Datastreams/ObservedProperty,Locations")])
    assert [one.relation.name for one in found.expand] == ["Datastreams", "Locations"]
    assert [one.relation.name for one in found.expand[0].options.expand] == ["Sensor", "ObservedProperty"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("$filter", "name eq", "a value is expected (at character 8)"),
        ("$filter", "name eq 'a", "is not understood (at character 9)"),
        ("$filter", "nome(name)", "there is no function 'nome' (at character 1)"),
        ("$filter", "length(name,name) eq 1", "length takes 1 values"),
        ("$filter", "name eq 'a' 'b'", "is not expected (at character 13)"),
        ("$filter", "phenomenonTime gt 2026-02-30T00:00:00Z", "is no ISO 8601 time (at character 19)"),
        ("$filter", "(" * 60 + "1", "nested deeper than 40"),
        ("$filter", "not " * 60 + "true", "nested deeper than 40"),
        ("$filter", "x" * 9000, "at most 8000 characters"),
        ("$top", "-1", "a whole number"),
        ("$top", "ten", "a whole number"),
        ("$count", "yes", "true or false"),
        ("$orderby", "name up", "is not expected"),
        ("$select", "nome", "Thing has no 'nome'"),
        ("$expand", "Sensors", "Thing has no relation 'Sensors'"),
        ("$expand", "Datastreams($resultFormat=dataArray)", "an option of its own"),
        ("$expand", "Datastreams($top=1;$top=2)", "an option of its own"),
        ("$expand", "Datastreams/Thing/Datastreams/Thing/Datastreams", "at most 4 levels"),
        ("$resultFormat", "xml", "the only other format"),
        ("$nope", "1", "there is no option"),
    ],
)
def test_a_mistake_is_told_with_its_place(name: str, text: str, words: str) -> None:
    with pytest.raises(Unfit) as refused:
        options(THINGS, [(name, text)])
    assert refused.value.status == 400
    assert words in refused.value.words


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(Unfit, match="twice"):
        options(THINGS, [("$top", "1"), ("$top", "2")])


def test_addresses_lead_to_sets_entities_and_what_is_inside() -> None:
    found = path("Things(1)/Datastreams(2)/Observations('2-1772366400000')/result/x/$value")
    assert [one.key for one in found.steps] == [1, 2, "2-1772366400000"]
    assert (found.inside, found.raw, found.one) == (("result", "x"), True, True)
    assert path("Observations(2-5)/Datastream/Thing").one
    assert not path("Things(1)/Datastreams").one
    assert path("Things/$ref").ref


@pytest.mark.parametrize(
    "text",
    ["Nothing", "Things(x)", "Things(-1)", "Things/Datastreams", "Things(1)/Sensor", "Things(1)/name/x", "Things/name",
     "Datastreams(1)/Thing(1)", "Things(99999999999999999999)", "Things(1)/$value/x", "Things(1)(2)", "$ref"],
)  # fmt: skip
def test_addresses_of_nothing_are_not_found(text: str) -> None:
    with pytest.raises(Unfit) as refused:
        path(text)
    assert refused.value.status == 404


@given(st.integers(1, 10**12), st.integers(0, 4_000_000_000_000))
def test_the_id_of_an_observation_is_its_stream_and_its_time(stream: int, ms: int) -> None:
    time = EPOCH + ms * MILLISECOND
    assert observation_parts(observation_key(stream, time)) == (stream, time)
    assert dt.datetime.fromisoformat(written(time)) == time


WORDS = st.sampled_from(
    ["name", "eq", "and", "not", "(", ")", "'a'", "1", "$filter", "=", ";", ",", "/", "Datastreams", "Thing", "desc",
     "geo.distance", "2026-01-01", "duration'P1D'", "add", "null", "[", "]", "@iot.id", "*", "-1", "12:00"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(["$filter", "$expand", "$orderby", "$select", "$top"]),
    st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=25).map(" ".join)),
)
def test_no_text_does_anything_but_mean_something_or_be_refused(name: str, text: str) -> None:
    for entity in (THINGS, OBSERVATIONS):
        try:
            options(entity, [(name, text)])
        except Unfit as error:
            _refused(error, 400)


@settings(max_examples=120, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(["Things", "(1)", "/", "$ref", "('", "name", "Datastreams(1)"]), max_size=9).map(
            "".join
        ),
    )
)
def test_no_address_does_anything_but_lead_somewhere_or_be_refused(text: str) -> None:
    try:
        path(text)
    except Unfit as error:
        _refused(error, 404, 414)


def _refused(error: Unfit, *statuses: int) -> None:
    assert error.status in statuses
