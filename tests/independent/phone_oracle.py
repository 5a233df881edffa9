"""What Python `phonenumbers` makes of the example numbers of every region: a JSON
line for each text and region it is read in.

    {"text": "07400 123456", "region": "GB", "e164": "+447400123456", "possible": true, "valid": true,
     "again": true}

`again` says whether that E.164, read in its turn, comes out the same.

The number of each type of each region stands as E.164 without a region and in
US, GB and DE, as international and RFC 3966 text, and in national format in its
own region; also with the trunk prefix behind the calling code, where it does not
belong. Beside it a number that is too short for its plan. All are examples out of
the metadata. Ends with status 77 if the package is not there, or is not
the version whose metadata the program has.
"""

import json
import sys

VERSION = "9.0.42"

try:
    import phonenumbers
    from phonenumbers import PhoneNumberFormat as Format
    from phonenumbers import PhoneNumberType as Type
except ImportError:
    sys.exit(77)

if phonenumbers.__version__ != VERSION:
    sys.exit(77)


def examples():
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in Type.values():
            yield region, phonenumbers.example_number_for_type(region, kind)
        yield region, phonenumbers.invalid_example_number(region)
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        yield None, phonenumbers.example_number_for_non_geo_entity(code)


def texts(own, number):
    for region in (None, "US", "GB", "DE"):
        yield phonenumbers.format_number(number, Format.E164), region
    yield phonenumbers.format_number(number, Format.INTERNATIONAL), None
    yield phonenumbers.format_number(number, Format.RFC3966), None
    if own:
        yield phonenumbers.format_number(number, Format.NATIONAL), own
        # As `+44 (0)7400 123456` is typed without its brackets.
        trunk = phonenumbers.ndd_prefix_for_region(own, True)
        national = phonenumbers.national_significant_number(number)
        if trunk:
            yield f"+{number.country_code}{trunk}{national}", None


def read(text, region):
    case = {"text": text, "region": region, "e164": None}
    case |= {"possible": False, "valid": False, "again": False}
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return case
    reason = phonenumbers.is_possible_number_with_reason(number)
    case["e164"] = phonenumbers.format_number(number, Format.E164)
    case["possible"] = reason == phonenumbers.ValidationResult.IS_POSSIBLE
    case["valid"] = phonenumbers.is_valid_number(number)
    again = phonenumbers.parse(case["e164"])
    case["again"] = phonenumbers.format_number(again, Format.E164) == case["e164"]
    return case


if __name__ == "__main__":
    seen = set()
    for own, number in examples():
        for case in texts(own, number) if number else ():
            if case not in seen:
                seen.add(case)
                print(json.dumps(read(*case)))
