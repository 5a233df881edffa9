//! The phone numbers of the exhibit being admitted: finds the temporary number of a cell.

use std::collections::HashMap;
use std::num::NonZeroU64;

use super::earlier::UNASKED;
use super::erased_numbers::ErasedNumbers;
use super::number_table::NumberTable;
use crate::vault::columns::CodecError;
use crate::vault::plaintext::{
    Fingerprinter, Phone, RawNumber, Region, RejectKind, RowBatch, Tag, TagKey, Unreadable,
    area_code_of_digits, area_state_of, region_of,
};

pub(super) struct Numbers {
    table: NumberTable,
    region: Option<Region>,
    /// The numbers of texts that do not stand in the table themselves, each parsed once: those that are not plain
    /// E.164, by fingerprint and country of the row, and those of plans that moved.
    texts: HashMap<u128, u32>,
    /// There is a number in plain E.164 among the texts.
    rewritten: bool,
    prints: Fingerprinter,
    /// For each number whether the declared region alone made it of its text; shorter than the list of numbers.
    by_region: Vec<bool>,
    /// For each number the code of its country, if it was looked up. Shorter than the list of numbers, because most
    /// logs have the country.
    countries: Vec<u32>,
    /// For each area code the code of its state, if it was looked up. The last entry is for numbers without an area
    /// code.
    area_states: Vec<u32>,
    /// For each number its term number from earlier exhibits, if it was looked up; 0 if new. Shorter than the list of
    /// numbers: it ends with the last one looked up.
    pub(super) known: Vec<u32>,
    /// Those that were erased from the case, if any number was.
    erased: Option<ErasedNumbers>,
}

/// Why a cell has no temporary number.
pub(super) enum NoNumber {
    Rejected(RejectKind),
    Codec(CodecError),
}

/// Area codes have three digits.
const AREA_CODES: usize = 1000;
/// The largest number of cached texts. When it is reached, the cache is emptied.
const TEXTS: usize = 1 << 21;

impl Numbers {
    pub(super) fn new(
        keys: [u64; 2],
        prints: Fingerprinter,
        region: Option<Region>,
        erased: Option<ErasedNumbers>,
    ) -> Self {
        Self {
            table: NumberTable::new(keys),
            region,
            texts: HashMap::new(),
            rewritten: false,
            prints,
            by_region: Vec::new(),
            countries: Vec::new(),
            area_states: vec![UNASKED; AREA_CODES + 1],
            known: Vec::new(),
            erased,
        }
    }

    /// Fills `out` with the temporary numbers of many cells at once; [`UNASKED`] for cells that are unknown or not
    /// plain E.164.
    pub(super) fn known_of(&self, digits: &[u64], out: &mut Vec<u32>) {
        self.table.get_all(digits, UNASKED, out);
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// How many numbers were read as those of the declared region, with nothing else to say it: neither a plus nor the
    /// country of the row.
    pub(super) fn by_region_alone(&self) -> u64 {
        self.by_region.iter().filter(|alone| **alone).count() as u64
    }

    /// The temporary number of a cell. `digits` are its digits if it is plain E.164, otherwise 0; `country` is the
    /// alpha-2 code of its row, or blank. Most cells are plain E.164 and known already.
    pub(super) fn number(
        &mut self,
        digits: u64,
        raw: RawNumber<'_>,
        country: &str,
    ) -> Result<u32, NoNumber> {
        let plain = NonZeroU64::new(digits);
        if let Some(known) = plain.and_then(|digits| self.table.get(digits)) {
            return Ok(known);
        }
        if plain.is_some() && !self.rewritten {
            let number = self.parse(raw, None)?;
            self.rewritten = self.table.expose_digits().get(number as usize) != Some(&digits);
            return Ok(number);
        }
        // The same text may be another number in a row of another country, unless it has a plus.
        let letters = match plain {
            Some(_) => [0; 2],
            None => country.as_bytes().try_into().unwrap_or_default(),
        };
        // Fingerprints are as good as random: none differs from another by the letters of two countries.
        let key = self.prints.of_text(raw.text()) ^ u128::from(u16::from_be_bytes(letters));
        if let Some(known) = self.texts.get(&key) {
            return Ok(*known);
        }
        let number = self.parse(raw, country.parse().ok())?;
        if self.texts.len() >= TEXTS {
            self.texts.clear();
        }
        if self.table.expose_digits().get(number as usize) != Some(&digits) {
            self.texts.insert(key, number);
        }
        Ok(number)
    }

    /// The print of a number: the same in every admission to the case, unless the number was erased. `digits` are
    /// those of its cell if it is plain E.164, otherwise 0.
    pub(super) fn print(&self, digits: u64, number: u32) -> u64 {
        if let Some(erased) = self.erased.as_ref().filter(|erased| erased.has(number)) {
            let phone = phone_of(&self.table, number);
            return phone.map_or(0, |phone| print_of(erased.print_keys(), &phone));
        }
        let digits = match digits == 0 || self.rewritten {
            true => self.table.expose_digits().get(number as usize).copied(),
            false => Some(digits),
        };
        self.table.print_of(digits.unwrap_or_default())
    }

    /// The code of the country of a number.
    pub(super) fn country(
        &mut self,
        number: u32,
        code: impl FnOnce(&str) -> Result<u32, CodecError>,
    ) -> Result<u32, CodecError> {
        let phone = || phone_of(&self.table, number);
        let place = number as usize;
        if self.countries.len() <= place {
            self.countries.resize(place + 1, UNASKED);
        }
        once(&mut self.countries, number, || {
            match phone().as_ref().and_then(region_of) {
                Some(region) => code(&region.to_string()),
                None => Ok(0),
            }
        })
    }

    /// The code of the state of the area code of a number. `digits` are those of its cell if it is plain E.164,
    /// otherwise 0.
    pub(super) fn area_state(
        &mut self,
        digits: u64,
        number: u32,
        code: impl FnOnce(&str) -> Result<u32, CodecError>,
    ) -> Result<u32, CodecError> {
        let digits = match digits {
            0 => self.table.expose_digits()[number as usize],
            digits => digits,
        };
        let area = area_code_of_digits(digits).map_or(AREA_CODES, usize::from);
        let phone = || phone_of(&self.table, number);
        once(&mut self.area_states, area as u32, || {
            phone().as_ref().and_then(area_state_of).map_or(Ok(0), code)
        })
    }

    /// Takes the user names from a batch that have an erased number in them.
    pub(super) fn forget_users(&mut self, batch: &mut RowBatch) {
        if let Some(erased) = &mut self.erased {
            erased.forget_users(batch);
        }
    }

    /// Whether a number was erased from the case.
    pub(super) fn is_erased(&self, number: u32) -> bool {
        self.erased
            .as_ref()
            .is_some_and(|erased| erased.has(number))
    }

    /// What is sealed of a number.
    pub(super) fn phone(&self, number: u32) -> Option<Phone> {
        match self.is_erased(number) {
            true => Some(Phone::erased()),
            false => phone_of(&self.table, number),
        }
    }

    /// The tag of a number; of one that was erased a random one, each time another.
    pub(super) fn tag(&self, key: &TagKey, number: u32) -> Option<Tag> {
        match self.erased.as_ref().filter(|erased| erased.has(number)) {
            Some(erased) => erased.tag(),
            None => phone_of(&self.table, number).map(|phone| key.tag_phone(&phone)),
        }
    }

    fn parse(&mut self, raw: RawNumber<'_>, country: Option<Region>) -> Result<u32, NoNumber> {
        let phone = Phone::accept_raw(raw, self.region, country)
            .map_err(|error| NoNumber::Rejected(rejected(error)))?;
        let digits = NonZeroU64::new(phone.expose_digits())
            .ok_or(NoNumber::Rejected(RejectKind::NotANumber))?;
        let before = self.table.len();
        let number = self.table.get_or_insert(digits).map_err(NoNumber::Codec)?;
        if let Some(erased) = self.erased.as_mut().filter(|_| self.table.len() > before) {
            erased.meet(number, &phone);
        }
        if self.region.is_some() && country.is_none() && Phone::accept_raw(raw, None, None).is_err()
        {
            let place = number as usize;
            if self.by_region.len() <= place {
                self.by_region.resize(place + 1, false);
            }
            if let Some(alone) = self.by_region.get_mut(place) {
                *alone = true;
            }
        }
        Ok(number)
    }
}

/// The print of a number under such keys.
pub(super) fn print_of(keys: [u64; 2], phone: &Phone) -> u64 {
    NumberTable::new(keys).print_of(phone.expose_digits())
}

fn phone_of(table: &NumberTable, number: u32) -> Option<Phone> {
    let digits = table.expose_digits().get(number as usize)?;
    Some(Phone::from_exposed_digits(*digits))
}

/// The cached value of a position, or what `find` answers now.
fn once(
    found: &mut [u32],
    place: u32,
    find: impl FnOnce() -> Result<u32, CodecError>,
) -> Result<u32, CodecError> {
    match found.get_mut(place as usize) {
        Some(known) if *known != UNASKED => Ok(*known),
        Some(unasked) => {
            *unasked = find()?;
            Ok(*unasked)
        }
        None => find(),
    }
}

fn rejected(why: Unreadable) -> RejectKind {
    match why {
        Unreadable::Masked => RejectKind::Masked,
        Unreadable::Damaged => RejectKind::Damaged,
        Unreadable::SeveralNumbers => RejectKind::SeveralNumbers,
        Unreadable::NeedsRegion => RejectKind::NeedsRegion,
        Unreadable::NotInRegion => RejectKind::NotInRegion,
        Unreadable::Ambiguous => RejectKind::Ambiguous,
        Unreadable::OtherCountry => RejectKind::OtherCountry,
        Unreadable::NoNumber
        | Unreadable::TooShort
        | Unreadable::TooLong
        | Unreadable::NotAssigned => RejectKind::NotANumber,
    }
}
