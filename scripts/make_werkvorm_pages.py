"""Write `docs/werkvormen/`: a page for each werkvorm, in Dutch, made from its file.

The pages are for who prepares an evening, so they say in words what the file says in keys. A key or
a value that has no words here stops the making: then a page would leave something out.

    python scripts/make_werkvorm_pages.py           write the pages
    python scripts/make_werkvorm_pages.py --check   fail when they are not what would be written
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "docs" / "werkvormen"

sys.path.insert(0, str(ROOT / "backend"))

from opgavebord.sprint.planning import turn_seconds  # noqa: E402
from opgavebord.sprint.sprint import Step  # noqa: E402
from opgavebord.werkvormen.reading import StepText, Werkvorm, ZoneText, lay_out  # noqa: E402
from opgavebord.werkvormen.shelf import all_werkvormen  # noqa: E402

FORMS: Final = {
    "kolommen": "kolommen naast elkaar",
    "welkom": "een welkomstbord",
    "cirkels": "drie cirkels",
    "tijdlijn": "een tijdlijn",
    "stemmen": "een stembord",
}
SEEN: Final = {
    "alleen_ik": "alleen wie schrijft, tot de begeleider de briefjes toont",
    "tafel": "de eigen tafel",
    "zaal": "de hele zaal",
}
WRITERS: Final = {
    "iedereen": "iedereen",
    "schrijver": "de schrijver van de tafel",
    "begeleider": "de begeleider",
    "niemand": "niemand",
}
RIGHTS: Final = {
    "schrijven": "schrijven",
    "wijzigen": "wijzigen",
    "verplaatsen": "verplaatsen",
    "groeperen": "bij elkaar leggen",
    "koppelen": "lijnen trekken",
    "stemmen": "stippen geven",
    "bezwaar": "een bezwaar geven",
}
INPUTS: Final = {
    "doorgeven": "de tablet gaat rond",
    "notuleren": "één schrijver typt mee",
    "eigen_telefoon": "eigen telefoon of tablet",
    "papier": "papieren kaartje",
    "tikken": "tikken",
}
SOURCES: Final = {"clusters": "de groepen van de oogsttafel", "bedoeling": "de gekozen zin"}
LATE: Final = "wat later komt, wacht tot de volgende keer tonen"
TIPS: Final = {
    "oplossing": "Begint een briefje als een oplossing, dan vraagt het scherm wat je meemaakte.",
    "privacy": "Staat er een naam, een nummer of iets over ziekte, dan vraagt het scherm of dat zo kan.",
}


def pages() -> dict[str, str]:
    """Every page, by the name of its file."""
    forms = all_werkvormen()
    made = {f"{name}.md": page(form) for name, form in forms.items()}
    return {"README.md": first_page(forms.values()), **made}


def first_page(forms: Iterable[Werkvorm]) -> str:
    lines = [
        "# De werkvormen",
        "",
        (
            "Elke werkvorm is één bestand in `backend/opgavebord/werkvormen/`. Deze pagina's zijn daarvan "
            "gemaakt, met `scripts/make_werkvorm_pages.py`: wijzig het bestand, niet de pagina. Hoe je er "
            "zelf een toevoegt, staat in [adding.md](../adding.md)."
        ),
        "",
        "| werkvorm | minuten | waarvoor |",
        "|---|---|---|",
    ]
    lines += [
        f"| [{form.id} {form.naam}]({form.id}.md) | {form.duur} | {form.doel} |" for form in forms
    ]
    return "\n".join(lines) + "\n"


def page(form: Werkvorm) -> str:
    sprints = _and([str(number) for number in form.sprint])
    lines = [
        f"# {form.id} · {form.naam}",
        "",
        f"*{form.doel}*",
        "",
        f"- **Wanneer**: sprint {sprints}",
        f"- **Duur**: {form.duur} minuten",
        f"- **Met wie**: {form.groep}",
        f"- **Het bord**: {FORMS[form.bordvorm]}, en altijd ook een lijst",
    ]
    if form.uitkomst:
        lines.append(f"- **Wat het oplevert**: {form.uitkomst}")
    lines += ["", "## Vakken", ""]
    lines += [_zone(zone) for zone in form.zones]
    if form.vragen:
        lines += ["", "## Vragen bij een briefje", "", "Overslaan mag altijd.", ""]
        lines += [_question(form, question.veld, question.vraag) for question in form.vragen]
    lines += [
        "",
        "## Stappen",
        "",
        "| | stap | opdracht | minuten | wie ziet het | wat mag | hoe |",
        "|---|---|---|---|---|---|---|",
    ]
    steps = [record for record in lay_out(form, "page") if isinstance(record, Step)]
    lines += [
        _step(number, said, step)
        for number, (said, step) in enumerate(zip(form.stappen, steps, strict=True), 1)
    ]
    if form.regels or form.tips:
        lines += ["", "## Regels", ""]
        lines += [f"- {rule}" for rule in form.regels]
        lines += [f"- {TIPS[tip]}" for tip in form.tips]
    return "\n".join(lines) + "\n"


def _zone(zone: ZoneText) -> str:
    more = []
    if zone.schrijft != "iedereen":
        more.append(f"hier schrijft {WRITERS[zone.schrijft]}")
    if zone.invoer == "tikken":
        more.append("hier tik je alleen")
    if zone.bron is not None:
        more.append(f"toont {SOURCES[zone.bron]}")
    if zone.notitie is not None:
        more.append(f"soort briefje: {zone.notitie}")
    tail = f" ({'; '.join(more)})" if more else ""
    return f"- **{zone.titel}**: {zone.vraag}{tail}"


def _question(form: Werkvorm, field: str, asked: str) -> str:
    of = field.rpartition(".")[0]
    options = form.velden[field]
    choices = f" {_or(options)}" if isinstance(options, list) else " In eigen woorden."
    return f"- {asked}{choices}{f' Alleen bij: {of}.' if of else ''}"


def _step(number: int, said: StepText, step: Step) -> str:
    may = ", ".join(RIGHTS[right] for right in step.may) or "kijken en luisteren"
    how = _or([INPUTS[one] for one in step.input])
    if seconds := turn_seconds(step):
        how += f" ({seconds} tellen per persoon)"
    seen = SEEN[step.visible]
    if step.late != "direct":
        seen += f"; {LATE}"
    if said.schrijft != "iedereen":
        may += f"; schrijven doet {WRITERS[said.schrijft]}"
    cells = [str(number), f"**{step.title}**", step.instruction, str(step.minutes), seen, may, how]
    return f"| {' | '.join(cells)} |"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} en {words[-1]}"


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} of {words[-1]}"


def main() -> None:
    made = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("*.md")}
    if "--check" in sys.argv[1:]:
        stale = sorted(name for name in {*made, *there} if made.get(name) != there.get(name))
        if stale:
            sys.exit(f"stale in docs/werkvormen: {', '.join(stale)}; run this without --check")
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in there.keys() - made.keys():
        (TARGET / name).unlink()
    for name, text in made.items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
