"""What came home, in Dutch sentences for the person who carried it. Pure."""

from typing import Final

from ..sprint.refusals import RefusalCode
from .merge import NotPlaced, Report

SHOWN: Final = 20  # of what was not placed; the rest is in the log of the board
LONG: Final = 80
WHY: Final[dict[RefusalCode, str]] = {
    "closed": "de avond was hier al afgesloten",
    "frozen": "het bord stond hier stil",
    "full": "het bord is vol",
    "too_long": "samen met wat hier getypt is, werd het te lang",
    "in_the_bin": "het briefje lag hier in de prullenbak",
    "changed_since": "iemand heeft het hier daarna veranderd",
    "removed": "dit scherm was hier stilgezet",
    "round_closed": "de ronde met stippen was hier al voorbij",
    "not_in_this_step": "de stap van hier liet het niet toe",
    "unknown": "dit is er hier niet meer",
    "exists": "dit was hier al gedaan",
}
WHAT: Final[dict[str, str]] = {
    "note.create": "een briefje",
    "note.edit": "een wijziging van een briefje",
    "vote.give": "stippen",
    "belofte.make": "een belofte",
    "group.name": "de naam van een groep",
}


def summary(report: Report) -> str:
    """*312 briefjes samengevoegd, 0 dubbel, 2 niet geplaatst.*"""
    return (
        f"{_notes(report.notes)} samengevoegd, {report.double} dubbel, "
        f"{report.refused} niet geplaatst."
    )


def sentences(report: Report) -> list[str]:
    told = [summary(report)]
    if report.double and not report.notes:
        told.append("Deze koffer was hier al. Er staat niets twee keer.")
    if report.again:
        told.append("Op dit bord is intussen ook gewerkt. Alles is daarmee samengevoegd.")
    if report.carried:
        told.append(f"{report.carried} regels zijn beschadigd. Ze zijn bewaard zoals ze waren.")
    for one in report.not_placed[:SHOWN]:
        told.append(_told(one))
    if report.refused > SHOWN:
        told.append(f"En nog {report.refused - SHOWN} meer.")
    if report.refused:
        told.append("De tekst daarvan staat in het logboek van dit bord.")
    return told


def _told(one: NotPlaced) -> str:
    what = WHAT.get(one.asked, "een handeling")
    said = " ".join(one.text.split())
    said = f" “{said[:LONG]}{'…' if len(said) > LONG else ''}”" if said else ""
    return f"Niet geplaatst: {what}{said} ({WHY.get(one.why, 'dat kon hier niet meer')})."


def _notes(number: int) -> str:
    return "1 briefje" if number == 1 else f"{number} briefjes"
