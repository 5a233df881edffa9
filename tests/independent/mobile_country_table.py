"""Makes src/domain/mobile_country.txt out of the file mcc-mnc-list.json of the npm
package mcc-mnc-list (MIT), as docs/data-sources.md says.

    python3 tests/independent/mobile_country_table.py mcc-mnc-list.json \
        src/domain/country_code.txt > src/domain/mobile_country.txt

A line is an MCC and its country, or a plus and a calling code where its countries
share one and none of them has most networks. An MCC whose countries have several
calling codes is left out, unless nearly all networks are of one of them.
"""

import collections
import json
import sys

# The ITU gave the code to this country alone; networks of others use it without leave, and
# their numbers are of other lengths.
ASSIGNED = {"255": "UA"}
MOST, NEARLY_ALL = 0.75, 0.9


def countries(rows):
    """Networks by MCC and country; those in service count ten times."""
    found = collections.defaultdict(collections.Counter)
    for row in rows:
        if row["type"] != "Test" and row["mcc"].isdigit() and row["countryCode"]:
            found[row["mcc"]][row["countryCode"]] += 1 + 9 * (row["status"] == "Operational")
    return found


def table(rows, calling):
    for mcc, of in sorted(countries(rows).items()):
        plans = {country: {calling.get(part) for part in country.split("/")} for country in of}
        home, count = of.most_common(1)[0]
        share = count / of.total()
        first = ASSIGNED.get(mcc, home).split("/")[0]
        codes = set().union(*plans.values())
        if len(codes) == 1 and None not in codes:
            yield mcc, first if "/" not in home and share >= MOST else f"+{codes.pop()}"
        elif mcc in ASSIGNED or share >= NEARLY_ALL and len(plans[home]) == 1 and first in calling:
            yield mcc, first


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        known = {line.split("|")[0]: line.split("|")[1] for line in file}
    with open(sys.argv[1], encoding="utf-8") as file:
        for mcc, country in table(json.load(file), known):
            print(f"{mcc}|{country}")
