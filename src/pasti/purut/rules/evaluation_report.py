"""The figures on how true estimates are, as the tables of docs/waiting-times.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pasti.purut.rules import evaluation
from pasti.purut.rules.day import OTHER_CROWDS
from pasti.purut.rules.evaluation import AVERAGE, BPJS, OURS, Line, Past

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
NAMES = {OURS: "PASTI", BPJS: "BPJS formula", AVERAGE: "plain average"}
HEAD = (
    "| doctors | days | asked | method | mean absolute error, min | within window, % | window, min | interval score |\n"
    "|---|---:|---:|---|---:|---:|---:|---:|\n"
)


def simulated(days: int, seed: int) -> str:
    """The table over made-up days, by habit of the doctor and over all."""
    lines = evaluation.of_simulated(days, seed)
    table = f"{days} simulated days, seed {seed}:\n\n{HEAD}{''.join(map(_rows, lines))}\n{_ratios(lines[-1])}"
    others = [
        replace(evaluation.of_simulated(max(20, days // 5), seed, crowd=crowd)[-1], habit=name)
        for name, crowd in OTHER_CROWDS.items()
    ]
    return f"{table}\nWhen people come otherwise, all doctors together:\n\n{HEAD}{''.join(map(_rows, others))}"


def replayed(doctors: Iterable[tuple[str, list[Past]]]) -> str:
    """The table over sessions that took place."""
    scores, days = evaluation.new_scores(), 0
    for _, sessions in doctors:
        days += len(sessions)
        evaluation.score(sessions, scores)
    if not scores[OURS].errors:
        return "\nNo past session to replay.\n"
    line = Line("all, replayed", days, scores)
    return f"\n{days} past sessions of the database, replayed:\n\n{HEAD}{_rows(line)}\n{_ratios(line)}"


def put_into(page: str, text: str) -> str:
    """The page with the figures between its marks. Raises ValueError when it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no place for figures")
    return f"{before}{BEGIN}\n{text.strip()}\n{END}{after}"


def _rows(line: Line) -> str:
    return "".join(
        f"| {line.habit} | {line.days} | {len(score.errors):,} | {NAMES[method]} | {score.error:.1f} | "
        f"{100 * score.coverage:.0f} | {score.width:.0f} | {score.interval:.0f} |\n"
        for method, score in line.scores.items()
    )


def _ratios(line: Line) -> str:
    ours = line.scores[OURS].error
    bpjs, average = (line.scores[method].error / ours for method in (BPJS, AVERAGE))
    return f"The error of the BPJS formula is {bpjs:.2f} times, that of the plain average {average:.2f} times that of PASTI.\n"
