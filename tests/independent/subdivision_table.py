"""Makes src/domain/subdivision.txt out of PyPI `pycountry` (ISO 3166-2).

    python3 tests/independent/subdivision_table.py > src/domain/subdivision.txt

One line for each state, province or other part of a country whose logs name such parts: country, code, name,
other names. Ends with status 77 if the source is not there. On stderr it says its version.
"""

import importlib.metadata
import re
import sys
import unicodedata

try:
    import pycountry
except ImportError:
    sys.exit(77)

COUNTRIES = "US CA AU NZ MX BR IN DE AT CH GB IE NL ZA JP MY AR".split()
# Of the 221 parts of the United Kingdom the four countries, and of others the provinces inside Europe.
KINDS = {"GB": {"Country", "Province"}, "IE": {"County"}, "NL": {"Province"}}

# Names by which people know a part beside the one of the standard.
OTHERS = {
    "US-DC": ["Washington, D.C.", "Washington DC"],
    "US-VI": ["U.S. Virgin Islands", "US Virgin Islands"],
    "CA-NL": ["Newfoundland"],
    "CA-PE": ["PEI"],
    "CA-QC": ["Québec"],
    "CA-YT": ["Yukon Territory"],
    "NZ-WGN": ["Wellington"],
    "MX-CMX": ["CDMX", "Mexico City"],
    "MX-MEX": ["Estado de México", "State of Mexico"],
    "MX-COA": ["Coahuila"],
    "MX-MIC": ["Michoacán"],
    "MX-VER": ["Veracruz"],
    "DE-BY": ["Bavaria"],
    "DE-HE": ["Hesse"],
    "DE-MV": ["Mecklenburg-Western Pomerania"],
    "DE-NI": ["Lower Saxony"],
    "DE-NW": ["North Rhine-Westphalia"],
    "DE-RP": ["Rhineland-Palatinate"],
    "DE-SN": ["Saxony"],
    "DE-ST": ["Saxony-Anhalt"],
    "DE-TH": ["Thuringia"],
    "AT-2": ["Carinthia"],
    "AT-3": ["Lower Austria"],
    "AT-4": ["Upper Austria"],
    "AT-6": ["Styria"],
    "AT-7": ["Tyrol"],
    "AT-9": ["Vienna"],
    "CH-GE": ["Geneva"],
    "CH-LU": ["Lucerne"],
    "IN-DL": ["National Capital Territory of Delhi", "New Delhi"],
    "IN-TN": ["Tamilnadu"],
    "IN-OD": ["Orissa"],
    "IN-PY": ["Pondicherry"],
    "NL-FR": ["Friesland"],
    "NL-NB": ["North Brabant"],
    "NL-NH": ["North Holland"],
    "NL-ZH": ["South Holland"],
    "MY-14": ["Kuala Lumpur"],
    "AR-C": ["Buenos Aires City", "CABA"],
}


def plain(name):
    parts = unicodedata.normalize("NFKD", name)
    return "".join(part for part in parts if not unicodedata.combining(part))


def table():
    for country in COUNTRIES:
        parts = pycountry.subdivisions.get(country_code=country)
        kinds = KINDS.get(country)
        for part in sorted(parts, key=lambda part: part.code):
            if kinds is None or part.type in kinds:
                written = re.sub(r" [A-Z]{2}-[A-Z]{3}\]$", "", part.name).rstrip("]").replace("[", "|")
                names = [name.strip() for name in written.split("|")] + OTHERS.get(part.code, [])
                known = []
                for name in names + [plain(name) for name in names]:
                    if name.lower() not in [other.lower() for other in known]:
                        known.append(name)
                yield "|".join([country, part.code[3:], *known])
    print(f"pycountry {importlib.metadata.version('pycountry')}", file=sys.stderr)


if __name__ == "__main__":
    print("\n".join(table()))
