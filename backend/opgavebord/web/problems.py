"""What can go wrong at the door, in a Dutch sentence that says what to do next.

A page shows its own sentence for a code in the language of the reader; these are for everything that
has no catalogue: a browser without our script, a program, a log.
"""

import logging
from html import escape
from typing import Final

import msgspec
from fastapi import Request, Response
from msgspec import Struct

from .below import inside

_log: Final = logging.getLogger("opgavebord.web")

PROBLEMS: Final[dict[str, tuple[int, str]]] = {
    "bad_request": (400, "Dit verzoek is niet te lezen. Laad de pagina opnieuw."),
    "bad_opgave": (400, "Er mist iets, of iets is te lang. Kijk bij het gekleurde veld."),
    "bad_sprint": (400, "Er mist iets, of iets kan niet. Kijk bij het gekleurde veld."),
    "bad_name": (400, "Deze naam kan niet. Kies een naam van hooguit 60 tekens."),
    "bad_password": (400, "Dit wachtwoord is te kort. Kies er een van minstens 12 tekens."),
    "sign_in": (401, "Je bent niet aangemeld. Meld je aan met je naam en je wachtwoord."),
    "wrong_sign_in": (
        401,
        "Deze naam en dit wachtwoord horen niet bij elkaar. Probeer het nog eens.",
    ),
    "wrong_origin": (403, "Deze vraag kwam van een andere website. Ga naar het bord zelf."),
    "not_allowed": (403, "Dit mag alleen de begeleider."),
    "doors_closed": (403, "De deuren zijn dicht. Vraag de begeleider om ze open te doen."),
    "wrong_code": (404, "Deze code klopt niet. Kijk nog eens op het grote scherm."),
    "wrong_stoelcode": (404, "Deze stoelcode klopt niet. Vraag op het andere apparaat een nieuwe."),
    "wrong_link": (404, "Deze link werkt niet meer. Vraag de begeleider om een nieuwe."),
    "no_seat": (404, "Je doet nog niet mee. Typ eerst de code."),
    "not_found": (404, "Deze pagina is er niet. Ga terug naar het begin."),
    "wrong_method": (405, "Zo werkt deze pagina niet. Ga terug naar het begin."),
    "too_slow": (408, "Dit duurde te lang. Probeer het nog eens."),
    "name_taken": (409, "Er is al iemand met deze naam. Kies een andere naam."),
    "changed": (409, "Iemand anders heeft dit net veranderd. Laad de pagina opnieuw."),
    "refused": (409, "Dat kan nu niet. Laad de pagina opnieuw en kijk hoe het is."),
    "full": (409, "Het is vol. Kijk mee op een scherm aan je tafel."),
    "too_large": (413, "Dit is te groot. Maak het korter."),
    "too_long_address": (414, "Dit adres is te lang. Typ het opnieuw."),
    "busy": (429, "Er wordt al veel gemaakt. Probeer het over een minuut nog eens."),
    "too_many_tries": (
        429,
        "Er is te vaak geprobeerd. Wacht een minuut en probeer het dan nog eens.",
    ),
    "large_headers": (431, "Dit verzoek is te groot. Wis de cookies van deze website."),
    "mishap": (500, "Er ging iets mis. Probeer het nog eens."),
    "trouble": (503, "Bewaren lukt nu even niet. Probeer het zo nog eens."),
}


class Problem(Exception):
    """Raised in a route; becomes the answer."""

    def __init__(self, code: str, wait: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait


class Answer(Struct, frozen=True):
    """A whole answer of HTTP."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def as_json(code: str, wait: float = 0.0) -> Answer:
    status, sentence = PROBLEMS[code]
    headers: tuple[tuple[str, str], ...] = (
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
    )
    if wait > 0:
        headers += (("retry-after", str(int(wait) + 1)),)
    return Answer(status, msgspec.json.encode({"code": code, "message": sentence}), headers)


def as_page(code: str, root: str = "") -> Answer:
    """A page for a person who typed a wrong address. No script, no style, no picture."""
    status, sentence = PROBLEMS[code]
    said, _, rest = sentence.partition(". ")
    page = (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(said)}</title></head><body><h1>{escape(said)}.</h1>"
        f'<p>{escape(rest)}</p><p><a href="{escape(root)}/">Naar het begin</a></p></body></html>'
    )
    return Answer(
        status,
        page.encode(),
        (("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")),
    )


def answer(code: str, path: str, wait: float = 0.0, root: str = "") -> Answer:
    """JSON to a program, a page to a person."""
    return as_json(code, wait) if path.startswith("/api/") else as_page(code, root)


async def told(request: Request, trouble: Exception) -> Response:
    """A problem, or what the framework itself refused, as an answer."""
    wait = 0.0
    if isinstance(trouble, Problem):
        code, wait = trouble.code, trouble.wait
    else:
        status = getattr(trouble, "status_code", 500)
        code = {404: "not_found", 405: "wrong_method"}.get(status, "bad_request")
    return _response(answer(code, inside(request.scope), wait, request.scope.get("root_path", "")))


async def surprised(request: Request, trouble: Exception) -> Response:
    """A mistake of ours: written down, and one sentence for the visitor."""
    _log.error("a request went wrong", exc_info=trouble)
    return _response(
        answer("mishap", inside(request.scope), root=request.scope.get("root_path", ""))
    )


def _response(made: Answer) -> Response:
    return Response(made.body, made.status, dict(made.headers))
