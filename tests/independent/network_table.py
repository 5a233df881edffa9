"""Makes src/domain/network.txt out of the file mcc-mnc-list.json of the npm
package mcc-mnc-list (MIT), as docs/data-sources.md says.

    python3 tests/independent/network_table.py mcc-mnc-list.json > src/domain/network.txt

Kept are operational networks with an MCC and an MNC, test networks left out. The
name is the brand, or the operator where there is no brand. Where rows of one code
disagree, the name is the one in the country that has most rows of that MCC; a
code that is ambiguous even so is left out.
"""

import collections
import json
import sys


def name_of(row):
    return " ".join((row["brand"] or row["operator"] or "").split())


def only(values):
    values = set(values)
    return values.pop() if len(values) == 1 else None


def table(rows):
    of_country = collections.Counter((row["mcc"], row["countryCode"]) for row in rows)
    by_code = collections.defaultdict(list)
    for row in rows:
        kept = row["status"] == "Operational" and row["type"] != "Test" and name_of(row)
        if kept and row["mcc"].isdigit() and row["mnc"].isdigit():
            by_code[row["mcc"], row["mnc"]].append(row)
    for (mcc, mnc), found in sorted(by_code.items()):
        home = max(of_country[mcc, row["countryCode"]] for row in found)
        at_home = [row for row in found if of_country[mcc, row["countryCode"]] == home]
        of_the_mcc = home == max(n for (code, _), n in of_country.items() if code == mcc)
        name = only(map(name_of, found)) or (of_the_mcc and only(map(name_of, at_home)))
        if name:
            yield f"{mcc}|{mnc}|{name}"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in table(json.load(file)):
            print(line)
