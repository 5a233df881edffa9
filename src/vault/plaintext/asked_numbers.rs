//! The numbers of one question, read once.

use zeroize::Zeroize;

use super::phone::Phone;
use super::raw_text::RawText;
use super::region::Region;
use super::unreadable::Unreadable;

/// What somebody asks about, in the order asked; a text that is no number has no place but its own.
pub struct AskedNumbers {
    phones: Vec<Result<Phone, Unreadable>>,
    distinct: u32,
}

impl AskedNumbers {
    /// Reads the texts; `region` is the one in which a number without calling code is meant.
    pub fn read(texts: &[RawText], region: Option<Region>) -> Self {
        let read = |text| Phone::accept(text, region);
        let phones: Vec<Result<Phone, Unreadable>> = texts.iter().map(read).collect();
        // Room for all at once: a list that grew would leave digits behind.
        let mut digits = Vec::with_capacity(phones.len());
        digits.extend(phones.iter().flatten().map(Phone::digits));
        digits.sort_unstable();
        let distinct = digits.chunk_by(|a, b| a == b).count();
        digits.zeroize();
        Self {
            phones,
            distinct: u32::try_from(distinct).unwrap_or(u32::MAX),
        }
    }

    /// How many texts were sent.
    pub fn len(&self) -> usize {
        self.phones.len()
    }

    /// Whether no text was sent.
    pub fn is_empty(&self) -> bool {
        self.phones.is_empty()
    }

    /// How many different numbers they are.
    pub fn distinct(&self) -> u32 {
        self.distinct
    }

    /// The numbers with their places.
    pub(in crate::vault) fn with_places(&self) -> impl Iterator<Item = (usize, &Phone)> {
        let places = self.phones.iter().enumerate();
        places.filter_map(|(at, phone)| Some((at, phone.as_ref().ok()?)))
    }

    /// Why a text was not read.
    pub(in crate::vault) fn why_unreadable(&self, at: usize) -> Option<Unreadable> {
        self.phones.get(at)?.as_ref().err().copied()
    }

    /// The numbers alone.
    pub(in crate::vault) fn readable(&self) -> impl Iterator<Item = &Phone> + Clone {
        self.phones.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_however_it_is_written_and_however_often() {
        let texts = ["+447700900123", "07700 900123", "x", "+447700900124", ""];
        let texts: Vec<RawText> = texts.map(|text| RawText::new(text.to_owned())).into();
        let asked = AskedNumbers::read(&texts, "GB".parse().ok());
        assert_eq!((asked.len(), asked.distinct()), (5, 2));
        let places: Vec<usize> = asked.with_places().map(|(at, _)| at).collect();
        assert_eq!(places, [0, 1, 3]);
        let why = [0, 2, 4, 5].map(|at| asked.why_unreadable(at));
        let no_number = Some(Unreadable::NoNumber);
        assert_eq!(why, [None, no_number, no_number, None]);
        assert!(AskedNumbers::read(&[], None).is_empty());
    }
}
