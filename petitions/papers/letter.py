"""The letter that tells a person what the court did, in plain English or Spanish: one page, and only what that means.

It goes to a verified address and to nobody else; it holds no section, no amount and no birth date. None is written to
a person recorded as deceased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from petitions.papers import law, words
from petitions.papers.data import Court, Office
from petitions.papers.drafts import page_template
from petitions.wording import STANDARD, Wording

Done = Literal["sealed", "dismissed", "misdemeanor", "infraction"]
Language = Literal["en-US", "es-US"]

STYLE: Final = """
@page { margin: 72pt 72pt 54pt 72pt; }
html { line-height: 15pt; }
p { text-indent: 0; margin-bottom: 7pt; }
h1 { margin: 8pt 0; font-size: 14pt; }
h2 { text-align: left; text-decoration: underline; }
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter is drafted from. What was done is one thing: two reliefs are two letters."""

    office: Office
    court: Court
    name: str  # as DOJ writes it, or as stated
    name_is_stated: bool
    address: tuple[str, ...]
    address_is_verified: bool
    is_deceased: bool
    case_number: str
    done: Done
    convictions: int
    ordered_on: date
    defender_phone: str
    language: Language
    wording: Wording = STANDARD


def reasons(letter: Letter) -> list[str]:
    """Every reason why the letter may not be written, in plain English; empty when it may."""
    found = [*letter.wording.problems(), *law.unprintable(letter, "")]
    if letter.is_deceased:
        found.append("The person is recorded as deceased: no letter is sent.")
    if not letter.address_is_verified or not "".join(letter.address).strip():
        found.append("There is no verified address.")
    if not letter.case_number.strip() or not letter.name.strip(" ,") or letter.convictions < 1:
        found.append("The letter lacks the name, the case number or the number of convictions.")
    if not letter.defender_phone.strip() or not letter.office.phone.strip():
        found.append("The office page lacks a telephone number for help or questions.")
    if f"did_{letter.done}" not in ENGLISH or letter.language not in TEXTS:
        found.append("What the court did, or the language of the letter, is not known.")
    return found


ENGLISH: Final[dict[str, str]] = {
    "dear": "Dear {name}:",
    "subject": "The court changed your record in case {number}",
    "did_sealed": "On {day}, the {court} dismissed and sealed {count}. The charge was about marijuana. State law on "
    "marijuana has changed, and the court found this legally invalid.",
    "did_dismissed": "On {day}, the {court} dismissed {count}. The charge was about marijuana. State law on marijuana "
    "has changed, and the court found this legally invalid.",
    "did_misdemeanor": "On {day}, the {court} lowered {count} to a misdemeanor. The charge was about marijuana. State "
    "law on marijuana has changed.",
    "did_infraction": "On {day}, the {court} lowered {count} to an infraction. The charge was about marijuana. State "
    "law on marijuana has changed.",
    "one": "one conviction in your case",
    "many": "{number} convictions in your case",
    "means_head": "What this means",
    "means_sealed": "If you are asked, you may answer that it never happened. No one may see the sealed record unless "
    "a court orders it.",
    "means_dismissed": "You no longer serve a sentence for what was dismissed. The record was not sealed.",
    "means_misdemeanor": "It now counts as a misdemeanor for all purposes. It is still on your record. It was not "
    "sealed.",
    "means_infraction": "It now counts as an infraction for all purposes. It is still on your record. It was not "
    "sealed.",
    "limits_head": "What this does not do",
    "limits": "Your other convictions did not change. Federal law and immigration officers may still see the old "
    "case. If you are not a citizen, talk to an immigration lawyer before you answer questions about it. A state "
    "license may have its own rules. A DNA sample stays on file.",
    "check_head": "How to check your record",
    "check": "Ask the California Department of Justice for a copy of your record. This is called a record review.",
    "help_head": "Free help",
    "help": "The public defender can help you for free. Call {defender}.",
    "questions_head": "Questions",
    "questions": "If you have questions, or if you do not agree with this change, call us at {phone} or write to us at "
    "the address above. You do not have to do anything for this change to count.",
    "closing": "{attorney}, District Attorney",
}
SPANISH: Final[dict[str, str]] = {
    "dear": "Estimado/a {name}:",
    "subject": "El tribunal cambió su expediente en el caso {number}",
    "did_sealed": "El {day}, el tribunal ({court}) anuló y selló {count}. El cargo era por marihuana. La ley estatal "
    "sobre la marihuana cambió, y el tribunal decidió que esto no es válido según la ley.",
    "did_dismissed": "El {day}, el tribunal ({court}) anuló {count}. El cargo era por marihuana. La ley estatal sobre "
    "la marihuana cambió, y el tribunal decidió que esto no es válido según la ley.",
    "did_misdemeanor": "El {day}, el tribunal ({court}) redujo {count} a delito menor. El cargo era por marihuana. La "
    "ley estatal sobre la marihuana cambió.",
    "did_infraction": "El {day}, el tribunal ({court}) redujo {count} a infracción. El cargo era por marihuana. La ley "
    "estatal sobre la marihuana cambió.",
    "one": "una condena en su caso",
    "many": "{number} condenas en su caso",
    "means_head": "Qué significa",
    "means_sealed": "Si le preguntan, usted puede contestar que esto nunca ocurrió. Nadie puede ver el expediente "
    "sellado sin una orden del tribunal.",
    "means_dismissed": "Usted ya no cumple una sentencia por lo que se anuló. El expediente no fue sellado.",
    "means_misdemeanor": "Ahora cuenta como delito menor para todos los fines. Sigue en su expediente. No fue sellado.",
    "means_infraction": "Ahora cuenta como infracción para todos los fines. Sigue en su expediente. No fue sellado.",
    "limits_head": "Qué no cambia",
    "limits": "Sus otras condenas no cambiaron. La ley federal y los agentes de inmigración todavía pueden ver el caso "
    "anterior. Si usted no es ciudadano, hable con un abogado de inmigración antes de contestar preguntas sobre esto. "
    "Una licencia estatal puede tener sus propias reglas. Una muestra de ADN queda archivada.",
    "check_head": "Cómo revisar su expediente",
    "check": "Pida una copia de su expediente al Departamento de Justicia de California. Este trámite se llama “record "
    "review”.",
    "help_head": "Ayuda gratis",
    "help": "El defensor público puede ayudarle gratis. Llame al {defender}.",
    "questions_head": "Preguntas",
    "questions": "Si tiene preguntas, o si no está de acuerdo con este cambio, llámenos al {phone} o escríbanos a la "
    "dirección de arriba. Usted no tiene que hacer nada para que este cambio valga.",
    "closing": "{attorney}, Fiscal de Distrito",
}
TEXTS: Final = {"en-US": ENGLISH, "es-US": SPANISH}
MONTHS_ES: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def paragraphs(letter: Letter) -> list[tuple[str, str]]:
    """Heading (may be empty) and text, in order. Names of fields are replaced as text, nothing else."""
    text = TEXTS[letter.language]
    return [
        ("", _filled(letter, text[f"did_{letter.done}"])),
        (text["means_head"], text[f"means_{letter.done}"]),
        (text["limits_head"], text["limits"]),
        (text["check_head"], text["check"]),
        (text["help_head"], _filled(letter, text["help"])),
        (text["questions_head"], _filled(letter, text["questions"])),
    ]


def _filled(letter: Letter, text: str) -> str:
    """Each {placeholder} replaced once; braces inside a name stay as they are."""
    told = TEXTS[letter.language]
    day = letter.ordered_on
    county = words.county_name(letter.court.county)
    values = {
        "name": words.readable_name(letter.name, is_stated=letter.name_is_stated),
        "number": letter.case_number,
        "day": words.long_date(day)
        if letter.language == "en-US"
        else f"{day.day} de {MONTHS_ES[day.month - 1]} de {day.year}",
        "court": f"{letter.court.name}, County of {county}",
        "count": told["one"] if letter.convictions == 1 else told["many"].replace("{number}", str(letter.convictions)),
        "defender": letter.defender_phone,
        "phone": letter.office.phone,
        "attorney": letter.office.district_attorney,
    }
    parts = text.split("{")
    return parts[0] + "".join(values[name] + rest for name, rest in (part.split("}", 1) for part in parts[1:]))


def title(letter: Letter) -> str:
    """The line under the greeting: the court changed your record in case ...."""
    return _filled(letter, TEXTS[letter.language]["subject"])


def markup(letter: Letter) -> str:
    """The letter in markup. The data has passed `reasons`."""
    text, office = TEXTS[letter.language], letter.office
    return page_template("letter.html").render(
        language=letter.language,
        title=title(letter),
        head=[f"{office.office_name}, {words.county_name(office.county)} County", *office.address, office.phone],
        to=[words.readable_name(letter.name, is_stated=letter.name_is_stated), *letter.address],
        dear=_filled(letter, text["dear"]),
        parts=paragraphs(letter),
        closing=_filled(letter, text["closing"]),
    )
