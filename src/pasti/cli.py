"""`pasti`: the one command of the platform."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from pasti.platform import environment

app = typer.Typer(no_args_is_help=True, add_completion=False, help="PASTI, the integrated city platform.")
Data = Annotated[Path, typer.Option(help="Folder of this platform's state.")]
DEFAULT_DATA = Path(".pasti")


def main() -> None:
    """Entry point of the command."""
    app()


def _use(folder: Path) -> None:
    os.environ["PASTI_DATA"] = str(folder.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasti.settings")


def _django(folder: Path) -> None:
    import django

    _use(folder)
    django.setup()


@app.command()
def up(
    port: int = 8000,
    data: Data = DEFAULT_DATA,
    city: Annotated[Path | None, typer.Option(help="The city pack; default cities/pasuruan.")] = None,
    people: Annotated[int, typer.Option(min=500, help="Size of the synthetic city in demo mode.")] = 2000,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Synthetic people and demo accounts.")] = True,
    host: str = "127.0.0.1",
    base_url: Annotated[str, typer.Option(help="The address people use, when a proxy stands in front.")] = "",
    role: Annotated[str, typer.Option(help="all, or web for one more web node on a shared database.")] = "all",
    workers: Annotated[int, typer.Option(help="Web processes; default one per core.")] = 0,
) -> None:
    """Start the platform: database, web, live and worker. Ready when /readyz answers 200."""
    from pasti.platform.up import Wishes, run

    _use(data)
    run(Wishes(port, data.resolve(), city, people, demo, host, base_url, role, workers or os.cpu_count() or 1))


@app.command(hidden=True)
def prepare(people: int = 2000, data: Data = DEFAULT_DATA, demo: bool = True) -> None:
    """Bring the database to this program's state (run by `up`)."""
    _use(data)
    os.environ["PASTI_AS_OWNER"] = "1"
    from pasti.prepare import run

    run(people, demo)


@app.command()
def worker(data: Data = DEFAULT_DATA, concurrency: int = 4) -> None:
    """Run jobs until told to stop."""
    _use(data)
    from pasti.worker import run

    run(concurrency)


@app.command()
def ingest(
    data: Data = DEFAULT_DATA,
    number: Annotated[int, typer.Option(min=1, help="Tells several of these processes apart.")] = 1,
) -> None:
    """Take readings from the MQTT broker into the database, and publish what was stored, until told to stop."""
    _django(data)
    from pasti.telemetry.mqtt.process import run

    run(number)


@app.command()
def broker(data: Data = DEFAULT_DATA, host: str = "127.0.0.1", port: int = 1883) -> None:
    """Run the demo's own MQTT broker until told to stop. A city runs Mosquitto: docs/mqtt.md."""
    _django(data)
    from pasti.telemetry.mqtt import embedded, process

    embedded.run(host, port, [process.session_name()])


@app.command("mqtt-accounts")
def mqtt_accounts(
    to: Annotated[Path, typer.Option(help="Folder for Mosquitto's files `passwords` and `access`.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Write Mosquitto's password file and access list; says whether they changed, so that it is reloaded only then."""
    _django(data)
    from pasti.telemetry.mqtt.accounts import write

    typer.echo("changed" if write(to) else "unchanged")


@app.command()
def doctor(data: Data = DEFAULT_DATA) -> None:
    """Say how the platform is, and what to do about what is wrong."""
    _use(data)
    from pasti.doctor import run

    raise typer.Exit(run())


@app.command()
def token(role: str, data: Data = DEFAULT_DATA) -> None:
    """Print a bearer token for the demo account of ROLE, or for a client id. Demo mode only."""
    _django(data)
    from django.conf import settings

    if not settings.PASTI_DEMO:
        typer.echo("Tokens are printed in demo mode only.", err=True)
        raise typer.Exit(1)
    from pasti.simulation.accounts import token_for

    text = token_for(role)
    if text is None:
        typer.echo(f"No demo account or client is called {role}.", err=True)
        raise typer.Exit(1)
    typer.echo(text)


@app.command()
def code(role: str, data: Data = DEFAULT_DATA) -> None:
    """Print the second step's code of the moment for the demo account of ROLE. Demo mode only."""
    _django(data)
    from django.conf import settings

    from pasti.simulation.accounts import code_for

    text = code_for(data, role) if settings.PASTI_DEMO else None
    if text is None:
        typer.echo(f"No demo account with a second step is called {role}.", err=True)
        raise typer.Exit(1)
    typer.echo(text)


@app.command("check-city")
def check_city(path: Path) -> None:
    """Read a city pack and say what is wrong in it, and where."""
    _use(DEFAULT_DATA)
    import django

    django.setup()
    from pasti import citypack

    problems = citypack.check(path)
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{path}: {len(problems)} problem(s)" if problems else f"{path}: the pack is sound")
    raise typer.Exit(1 if problems else 0)


@app.command()
def messages(
    package: Annotated[str, typer.Argument(help="A package such as purut; all when left out.")] = "",
    check: Annotated[bool, typer.Option(help="Only say what is missing.")] = False,
    compile_only: Annotated[bool, typer.Option("--compile", help="Only compile the catalogues.")] = False,
) -> None:
    """Bring the English catalogues in step with the Indonesian texts."""
    from pasti.kernel.ui import messages as catalogues

    if compile_only:
        catalogues.compile_all()
        return
    if not check:
        catalogues.extract(package)
    faults = catalogues.check()
    for fault in faults:
        typer.echo(fault)
    raise typer.Exit(1 if faults else 0)


simulate = typer.Typer(no_args_is_help=True, help="A city at work, in demo mode only.")
app.add_typer(simulate, name="simulate")


@simulate.command()
def rain(
    river: Annotated[str, typer.Option(help="petung, gembong or welang.")] = "petung",
    hours: Annotated[float, typer.Option(min=1, max=24)] = 6,
    speed: Annotated[float, typer.Option(min=1, max=3600, help="Times as fast as life.")] = 60,
    fault: Annotated[
        str, typer.Option(help="spike: a dry evening with one; stuck: the city's gauge stands still.")
    ] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Play a flood evening: rain in the hills, and the river rising in the city."""
    _django(data)
    from pasti.kernel.errors import Refused
    from pasti.simulation import gauges

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the played time ends with the player
    try:
        gauges.play(river, hours=hours, speed=speed, say=typer.echo, fault=fault)
    except Refused as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(1) from None


@simulate.command("gauges")
def simulate_gauges(data: Data = DEFAULT_DATA) -> None:
    """Send the ordinary reading of every gauge each minute, until told to stop (run by `up` in demo mode)."""
    _django(data)
    from pasti.simulation import gauges

    gauges.feed(lambda _text: None)


@app.command("evaluate-waiting")
def evaluate_waiting(
    days: Annotated[int, typer.Option(min=20, help="Simulated days.")] = 300,
    seed: int = 1,
    replay: Annotated[bool, typer.Option(help="Also the past sessions in the database.")] = False,
    write: Annotated[bool, typer.Option(help="Put the figures into docs/waiting-times.md.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Say how true estimates of the waiting time are, beside the BPJS formula and a plain average."""
    from pasti.purut.rules import evaluation_report

    text = evaluation_report.simulated(days, seed)
    if replay:
        _django(data)
        from pasti.purut.queries import estimates

        text += evaluation_report.replayed(estimates.replayable())
    typer.echo(text)
    if write:
        page = Path("docs/waiting-times.md")
        page.write_text(evaluation_report.put_into(page.read_text(), text))


@app.command("check-queues")
def check_queues(data: Data = DEFAULT_DATA) -> None:
    """Count in the database itself that nothing was oversold, lost or doubled in the hospital's queues."""
    _django(data)
    from pasti.purut.queries import invariants

    found = invariants.check()
    for one in found:
        first = f"  (first: {', '.join(one.examples)})" if one.broken else ""
        typer.echo(f"{one.broken:>6} of {one.looked_at:>9,}  {one.invariant.code:<14} {one.invariant.words}{first}")
    broken = sum(one.broken for one in found)
    typer.echo(f"{broken} violation(s)" if broken else "every invariant holds")
    raise typer.Exit(1 if broken else 0)


@app.command("evaluate-forecast")
def evaluate_forecast(
    levels: Annotated[Path, typer.Option(help="Folder with the series of real rivers.")] = Path("tests/ews/levels"),
    write: Annotated[bool, typer.Option(help="Put the figures into docs/forecast-skill.md.")] = False,
) -> None:
    """Say how good the forecast of river levels is, on events it was not fitted on (a minute or two)."""
    from pasti.simulation import forecast_report

    text = forecast_report.report(levels)
    typer.echo(text)
    if write:
        forecast_report.write(text)


@app.command("verify-audit")
def verify_audit(data: Data = DEFAULT_DATA) -> None:
    """Seal what is new in the audit log and prove that nothing in it was altered."""
    _django(data)
    from pasti.kernel.audit import queries, services

    services.seal()
    found = queries.verify_chain()
    typer.echo(f"{found.rows} rows, {found.seals} seals: {'intact' if found.intact else found.fault}")
    raise typer.Exit(0 if found.intact else 1)


@app.command("renew-password")
def renew_password(
    username: Annotated[str, typer.Argument(help="The user name of the official.")], data: Data = DEFAULT_DATA
) -> None:
    """Print a new first password for an official who lost every way in; sessions, keys and codes end."""
    _django(data)
    from pasti.kernel.errors import NotFound
    from pasti.portal import services

    try:
        typer.echo(services.renew_official_password(username))
    except NotFound:
        typer.echo(f"{username}: no such account")
        raise typer.Exit(1) from None


@app.command("rotate-card-key")
def rotate_card_key(
    data: Data = DEFAULT_DATA,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Sign with it now: the old key is not to be trusted.")
    ] = False,
) -> None:
    """Make a new key for Digital Resident Cards; it signs a day later, so that desks without a network have it by then."""
    _django(data)
    from pasti.identity.services import keys

    typer.echo(keys.rotate(at_once=at_once))


@app.command("archive-readings")
def archive_readings(data: Data = DEFAULT_DATA) -> None:
    """Put months of readings that no stream needs any more into files, verified, and out of the database.

    Run with the owner's login, once a month. Hours and days of those months stay, and so do the files: keep them.
    """
    os.environ["PASTI_AS_OWNER"] = "1"
    _django(data)
    from pasti.telemetry.services import archive

    for month in archive.archive(data.resolve() / "archive"):
        typer.echo(f"{month.month:%Y-%m}: {month.readings} readings in {month.file}, sha256 {month.sha256}")


@app.command()
def stop(data: Data = DEFAULT_DATA) -> None:
    """Stop an embedded database that was left running by tools and tests."""
    from pasti.platform import postgres

    _use(data)
    postgres.stop(postgres.cluster(environment.data_dir()))
