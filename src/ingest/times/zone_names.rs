//! The names of zones that RFC 2822 defines. Any other name is read by nobody: `IST` is three zones.

/// The hours by which the clocks of a zone of this name are ahead of UTC.
pub(in crate::ingest) fn zone_hours(name: &str) -> Option<i8> {
    let mut zones = ZONES.into_iter();
    let found = zones.find(|(zone, _)| zone.eq_ignore_ascii_case(name));
    found.map(|(_, hours)| hours)
}

/// The name of a zone at the end of a text, and what is before it.
pub(super) fn split_zone(text: &str) -> Option<(&str, i8)> {
    let before = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let hours = zone_hours(text.get(before.len()..)?)?;
    Some((before.trim_end(), hours))
}

const ZONES: [(&str, i8); 12] = [
    ("UTC", 0),
    ("UT", 0),
    ("GMT", 0),
    ("Z", 0),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];
