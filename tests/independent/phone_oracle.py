"""Sample numbers of every region and of the logs in `tests/fixtures/`, in forty human spellings, and the number that
each is by Python `phonenumbers`: a JSON line for each.

    {"spelling": "dots", "text": "+44.7400.123456", "region": null, "e164": "+447400123456", "possible": true,
     "valid": true, "again": true}

A spelling with a plus stands for its sample. One without a plus stands for what the package makes of its plain digits
in the region. `again` says whether that E.164, read in its turn, comes out the same. Ends with status 77 if the package
is not there, or is not the version whose metadata the program has.
"""

import json
import re
import sys
from pathlib import Path

VERSION = "9.0.42"

try:
    import phonenumbers
    from phonenumbers import PhoneNumberFormat as Format
    from phonenumbers import PhoneNumberType as Type
except ImportError:
    sys.exit(77)

if phonenumbers.__version__ != VERSION:
    sys.exit(77)


def samples():
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in Type.values():
            yield region, phonenumbers.example_number_for_type(region, kind)
        yield region, phonenumbers.invalid_example_number(region)
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        yield None, phonenumbers.example_number_for_non_geo_entity(code)
    fixtures = Path(__file__).parent.parent / "fixtures"
    for log in sorted(path for path in fixtures.rglob("*") if path.is_file()):
        text = log.read_bytes().decode("utf-8", "replace")
        for found in sorted(set(re.findall(r"\+[1-9]\d{7,14}\b", text))):
            number = plain(found, None)
            if number and phonenumbers.is_possible_number(number):
                yield phonenumbers.region_code_for_number(number), number


def plain(text, region):
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def digits_from(zero):
    return str.maketrans({str(n): chr(zero + n) for n in range(10)})


FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)} | {" ": "\u3000"})
ARABIC, PERSIAN, DEVANAGARI, BOLD = (digits_from(zero) for zero in (0x660, 0x6F0, 0x966, 0x1D7CE))


def with_plus(number):
    e164 = phonenumbers.format_number(number, Format.E164)
    spaced = phonenumbers.format_number(number, Format.INTERNATIONAL).replace("-", " ")
    code, _, rest = spaced.partition(" ")
    yield "e164", e164
    yield "international", phonenumbers.format_number(number, Format.INTERNATIONAL)
    yield "rfc3966", phonenumbers.format_number(number, Format.RFC3966)
    yield "dots", spaced.replace(" ", ".")
    yield "en dashes", spaced.replace(" ", "\u2013")
    yield "minus signs", spaced.replace(" ", "\u2212")
    yield "small hyphens", spaced.replace(" ", "\ufe63")
    yield "no-break spaces", spaced.replace(" ", "\u00a0")
    yield "narrow spaces", spaced.replace(" ", "\u202f")
    yield "tabs", spaced.replace(" ", "\t")
    yield "soft hyphens", spaced.replace(" ", "\u00ad")
    yield "marks of direction", f"\u202a{spaced}\u202c\u200e"
    yield "isolates", f"\u2068{spaced}\u2069"
    yield "byte order mark", f"\ufeff{e164}\r\n"
    yield "variation selectors", spaced.replace(" ", "\ufe0f ")
    yield "brackets around the plus", f"({code}) {rest}"
    yield "square brackets", f"[{code}] {rest}"
    yield "space behind the plus", f"+ {spaced[1:]}"
    yield "quotes", f'"{spaced}"'
    yield "curly quotes", f"\u201c{spaced}\u201d"
    yield "formula", f'="{e164}"'
    yield "apostrophe", f"'{e164}"
    yield "comma", f"{spaced},"
    yield "fraction", f"{e164}.0"
    yield "fraction behind spaces", f"{spaced}.0"
    yield "x5", f"{spaced} x5"
    yield "ext.", f"{spaced} ext. 5"
    yield ";ext=", f"{e164};ext=5"
    yield "#5", f"{spaced} #5"
    yield "tel", f"tel:{e164}"
    yield "whatsapp", f"whatsapp:{e164}"
    yield "full width", spaced.translate(FULL_WIDTH)
    yield "Arabic digits", spaced.translate(ARABIC)
    yield "Persian digits", spaced.translate(PERSIAN)
    yield "Devanagari digits", spaced.translate(DEVANAGARI)
    yield "bold digits", spaced.translate(BOLD)


def with_trunk(own, number):
    """The trunk zero behind the calling code, where it does not belong."""
    national = phonenumbers.national_significant_number(number)
    if phonenumbers.ndd_prefix_for_region(own, True) == "0" and not national.startswith("0"):
        yield "optional zero", f"+{number.country_code} (0){national}"
        yield "zero in square brackets", f"+{number.country_code} [0] {national}"


def without_plus(own, number):
    """Spelling, text, the plain digits that the package reads, and what counts if it reads none in them."""
    formatted = phonenumbers.format_number(number, Format.NATIONAL)
    digits = "".join(c for c in formatted if c.isdigit())
    national = re.sub(r"[^0-9]+", " ", formatted).strip()
    e164 = phonenumbers.format_number(number, Format.E164)
    yield "national", formatted, formatted, None
    yield "national digits", digits, digits, None
    yield "national, fraction", f"{national}.0", digits, None
    yield "national, narrow spaces", national.replace(" ", "\u202f"), digits, None
    yield "national, full width", national.translate(FULL_WIDTH), digits, None
    yield "national, Arabic digits", national.translate(ARABIC), digits, None
    yield "national, extension", f"{national} ext. 5", digits, None
    yield "national, formula", f'="{national}"', digits, None
    area = national.split(" ")[0]
    if len(area) < 5 and " " in national:
        yield "national, slash", national.replace(" ", "/", 1), digits, None
    yield "without its plus", e164[1:], e164[1:], e164
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(own)
    if metadata.international_prefix.isdigit():
        abroad = metadata.international_prefix + e164[1:]
        yield "exit code", f"{metadata.international_prefix} {e164[1:]}", abroad, None


def cases():
    for own, number in samples():
        if not number:
            continue
        e164 = phonenumbers.format_number(number, Format.E164)
        for spelling, text in with_plus(number):
            yield spelling, text, None, e164, None, None
            if spelling == "e164":
                for region in ("US", "GB", "DE"):
                    yield spelling, text, region, e164, None, None
        for spelling, text in with_trunk(own, number) if own else ():
            yield spelling, text, None, e164, None, None
        for spelling, text, digits, otherwise in without_plus(own, number) if own else ():
            yield spelling, text, own, digits, own, otherwise


def read(spelling, text, region, simple, read_in, otherwise):
    case = {"spelling": spelling, "text": text, "region": region, "e164": None}
    case |= {"possible": False, "valid": False, "again": False}
    number = plain(simple, read_in)
    if otherwise and not (number and phonenumbers.is_possible_number(number)):
        number = plain(otherwise, None)
    if not number:
        return case
    reason = phonenumbers.is_possible_number_with_reason(number)
    case["e164"] = phonenumbers.format_number(number, Format.E164)
    case["possible"] = reason == phonenumbers.ValidationResult.IS_POSSIBLE
    case["valid"] = phonenumbers.is_valid_number(number)
    again = plain(case["e164"], None)
    case["again"] = bool(again) and phonenumbers.format_number(again, Format.E164) == case["e164"]
    return case


if __name__ == "__main__":
    seen = set()
    for case in cases():
        if case not in seen:
            seen.add(case)
            print(json.dumps(read(*case)))
