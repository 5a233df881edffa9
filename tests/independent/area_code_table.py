"""Makes src/domain/area_code.txt out of two sources that must agree.

    python3 tests/independent/area_code_table.py > src/domain/area_code.txt

1. Python `phonenumbers`: its geocoder (libphonenumber) for states and provinces,
   its region for territories of the United States.
2. PyPI `py-area-code-nanp`: Wikipedia in October 2020.

A code is taken from the first. The second has to name the same place, or not to
know the code, as it knows none that came after 2020. Any other difference ends
this program with an error. On stderr it says how many codes rest on both, and the
versions of both. Ends with status 77 if one of them is not there.
"""

import importlib.metadata
import sys

try:
    import area_code_nanp
    import phonenumbers
    from phonenumbers import geocoder
except ImportError:
    sys.exit(77)

STATES = {
    "US": """AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut,
        DE Delaware, DC Washington D.C., FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana,
        IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan,
        MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire,
        NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma,
        OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas,
        UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming,
        AS American Samoa, GU Guam, MP Northern Mariana Islands, PR Puerto Rico, VI U.S. Virgin Islands""",
    "CA": """AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, NL Newfoundland and Labrador,
        NS Nova Scotia, NT Northwest Territories, NU Nunavut, ON Ontario, PE Prince Edward Island, QC Quebec,
        SK Saskatchewan, YT Yukon""",
}
NAMES = {
    name: code
    for states in STATES.values()
    for code, name in (state.split(None, 1) for state in states.split(","))
}
COUNTRIES = {
    state.split()[0]: country
    for country, states in STATES.items()
    for state in states.split(",")
}
SOURCES = ["phonenumbers", "py-area-code-nanp"]
TERRITORIES = {"AS", "GU", "MP", "PR", "VI"}

# How a source writes what another writes otherwise.
GEOCODER = {"Washington State": "Washington", "British Colombia": "British Columbia"}
NANP = {
    "Washington, D.C.": ["Washington D.C."],
    "Florida Panhandle": ["Florida"],
    "San Jose": ["California"],
    "Newfoundland": ["Newfoundland and Labrador"],
    "Canadian Territories": ["Northwest Territories", "Nunavut", "Yukon"],
}


def by_geocoder(area_code):
    number = phonenumbers.parse(f"+1{area_code}5550142")
    region = phonenumbers.region_code_for_number(number)
    if region in TERRITORIES:
        return {region}
    if region not in STATES:
        return set()
    place = geocoder.description_for_number(number, "en")
    names = [GEOCODER.get(name, name) for name in place.split("/")]
    if all(name in NAMES for name in names):
        return {NAMES[name] for name in names}
    # "San Antonio, TX"
    state = place.rpartition(", ")[2]
    return {state} if COUNTRIES.get(state) == region else set()


def by_nanp(area_code):
    place = area_code_nanp.get_region(area_code)
    return {NAMES[name] for name in NANP.get(place, [place]) if name in NAMES}


def table():
    codes, both, alone = {}, 0, 0
    for area_code in range(200, 1000):
        first, second = by_geocoder(area_code), by_nanp(area_code)
        # Of a code that serves two provinces the second names one.
        if not second <= first and first:
            sys.exit(f"{area_code}: {sorted(first)} and {sorted(second)}")
        both, alone = both + bool(first and second), alone + bool(first and not second)
        for state in first:
            codes.setdefault(state, []).append(area_code)
    for state in sorted(codes, key=lambda state: (COUNTRIES[state] == "CA", state)):
        yield f"{COUNTRIES[state]}|{state}|{' '.join(map(str, codes[state]))}"
    print(f"{both} codes rest on both, {alone} on the first alone", file=sys.stderr)
    versions = (f"{name} {importlib.metadata.version(name)}" for name in SOURCES)
    print(", ".join(versions), file=sys.stderr)


if __name__ == "__main__":
    print("\n".join(table()))
