//! The region a number without a calling code is read in, and the region a
//! number belongs to.

use std::fmt;
use std::str::FromStr;

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::canonical::read_canonical;
use super::phone::Phone;
use crate::domain::country;

/// A region that has a numbering plan: by its two letters (ISO 3166-1 alpha-2), or spelt as a country is anywhere else,
/// such as `UK`, `gbr` or `United Kingdom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(rlibphonenumber::Region);

/// The text names no region with a numbering plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a country with a numbering plan, by code or name, such as GB or United Kingdom")]
pub struct RegionError;

impl Region {
    pub(super) fn code(self) -> rlibphonenumber::Region {
        self.0
    }

    /// The calling code, which several regions may share.
    pub(super) fn calling_code(self) -> Option<u16> {
        let code = PHONE_NUMBER_UTIL.get_country_code_for_region(self.0)?;
        u16::try_from(code).ok()
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        let code = country::alpha2(text).unwrap_or(text);
        let region = rlibphonenumber::Region::from_code(code).map_err(|_| RegionError)?;
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(region)
            .filter(|_| region != rlibphonenumber::Region::World)
            .map(|_| Self(region))
            .ok_or(RegionError)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_region_str())
    }
}

/// The region whose numbering plan has this number. `None` for a number of a shared calling code that is in no plan,
/// and for codes without a region (+800). It is where the number was assigned, not where its holder lives.
pub fn region_of(phone: &Phone) -> Option<Region> {
    let number = read_canonical(&phone.e164())?;
    PHONE_NUMBER_UTIL
        .get_region_for_number(&number)
        .filter(|region| *region != rlibphonenumber::Region::World)
        .map(Region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::plaintext::RawNumber;

    fn region(text: &str) -> Option<String> {
        let parsed = Phone::parse_raw(RawNumber::new(text), None).unwrap();
        region_of(&parsed.phone).map(|region| region.to_string())
    }

    #[test]
    fn a_region_is_spelt_as_a_country_and_has_a_plan() {
        for (text, code) in [
            ("GB", "GB"),
            ("us", "US"),
            ("UK", "GB"),
            ("u.k.", "GB"),
            ("GBR", "GB"),
            ("United Kingdom", "GB"),
            ("usa", "US"),
            (" Germany ", "DE"),
            ("XK", "XK"),
        ] {
            assert_eq!(text.parse::<Region>().unwrap().to_string(), code, "{text}");
        }
        for text in ["", "G", "GBX", "001", "ZZ", "é", "Atlantis", "+44"] {
            assert_eq!(text.parse::<Region>(), Err(RegionError), "{text}");
        }
    }

    #[test]
    fn a_number_tells_its_region() {
        assert_eq!(region("+12025550142").as_deref(), Some("US"));
        assert_eq!(region("+14165550142").as_deref(), Some("CA"));
        assert_eq!(region("+61491570156").as_deref(), Some("AU"));
    }
}
