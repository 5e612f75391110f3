"""The words around what people said, in what they take home: Dutch, at B1 level."""

from typing import Final

HEARD: Final = "Dit hebben we gehoord"
NO_TITLE: Final = "Groep zonder naam"
VOTE: Final = "Wat weegt zwaar?"

FROM_PAPER: Final = "van papier"
FROM_ORGANISATION: Final = "vanuit organisaties"
LATE: Final = "later"
OBJECTION: Final = "bezwaar"
CONDITION: Final = "voorwaarde"

MARKS: Final[dict[str, str]] = {
    "herken_ik": "herken ik",
    "herken_niet": "herken ik niet",
    "steun": "steun",
}
KINDS: Final[dict[str, str]] = {
    "inwoner": "inwoners",
    "ondernemer": "ondernemers",
    "vereniging": "verenigingen",
    "professional": "professionals",
    "gemeente": "gemeente",
    "overig": "anderen",
}

WIPED: Final = "De briefjes zijn gewist"
WIPED_ABOUT: Final = (
    "We bewaren wat mensen schreven niet langer dan nodig is. Wat hier nog staat, blijft."
)
GROUPS: Final = "Wat we hoorden"
GROUPS_ABOUT: Final = (
    "Dit zijn de groepen van de avond. Wat het zwaarst weegt, staat bovenaan. "
    "De zinnen staan er letterlijk, zoals mensen ze schreven."
)
DIFFERENT: Final = "Wie ziet het anders?"
NEED: Final = "Nodig"
PURPOSE: Final = "Waar doen we het voor?"
PURPOSE_NOW: Final = "De zin van de zaal"
EARLIER: Final = "Andere zinnen die we maakten"
PURPOSE_VERSIONS: Final = "De zinnen die we maakten"
MADE_FROM: Final = "Gemaakt van"
VOTES: Final = "Wat weegt zwaar?"
PROMISES: Final = "Beloften"
WHO: Final = "Wie"
WHAT: Final = "Wat"
WHEN: Final = "Wanneer"
TABLE_QUOTES: Final = "Citaten van de tafels"
LOOSE: Final = "Dit blijft liggen"
LOOSE_ABOUT: Final = "Deze briefjes passen in geen groep. Ze zijn niet weg."
ALL_NOTES: Final = "Alle briefjes, per bord"
NO_NOTES: Final = "Hier ligt geen briefje."
FIXED: Final = "Dit ligt vast"
FREE: Final = "Dit is nog open"
ROOM: Final = "De ruimte die er was"
WHO_WAS_THERE: Final = "Wie waren er?"
VILLAGES: Final = "Dorp"
COUNTED: Final = "Aantal"
FROM_THREE: Final = "Een dorp staat hier vanaf drie mensen."
GROUP: Final = "Groep"
DOTS: Final = "Stippen"
KIND_FROM_FIVE: Final = "Een soort deelnemer staat hier vanaf vijf mensen die stemden."
NEXT: Final = "Wat gebeurt er nu?"
ANSWER_LATER: Final = "De gemeente laat weten wat er met jullie woorden gebeurt."
NO_NAMES: Final = "Op deze pagina staan geen namen van wie iets opschreef."


def kind(code: str) -> str:
    return KINDS.get(code, code)


def sprint(number: int) -> str:
    return f"Sprint {number}"


def notes(n: int) -> str:
    return "1 briefje" if n == 1 else f"{n} briefjes"


def groups(n: int) -> str:
    return "1 groep" if n == 1 else f"{n} groepen"


def people(n: int) -> str:
    return "1 mens" if n == 1 else f"{n} mensen"


def tables(n: int) -> str:
    return "1 tafel" if n == 1 else f"{n} tafels"


def dots(n: int) -> str:
    return "1 stip" if n == 1 else f"{n} stippen"


def support(n: int) -> str:
    return "1 keer steun" if n == 1 else f"{n} keer steun"


def votes(voters: int, budget: int, per: str) -> str:
    who = "tafels" if per == "tafel" else "mensen"
    one = "1 tafel" if per == "tafel" else "1 mens"
    said = one if voters == 1 else f"{voters} {who}"
    return (
        f"{said} deden mee, met elk {dots(budget)}."
        if voters != 1
        else (f"{said} deed mee, met {dots(budget)}.")
    )


def private(n: int) -> str:
    return (
        "1 briefje is nog niet getoond en staat hier niet bij."
        if n == 1
        else f"{n} briefjes zijn nog niet getoond en staan hier niet bij."
    )


def answer_from(when: str) -> str:
    return f"Vanaf {when} kun je zien wat er met jullie woorden gebeurt."
