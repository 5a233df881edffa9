//! Which messages the case has already: by message reference where there is
//! one, by the whole row otherwise, over all its exhibits.

use rusqlite::Connection;

use super::fault;
use super::group::{CHANNEL, Place};
use crate::domain::Field;
use crate::vault::columns::{CodeBlock, FingerprintSet, Fingerprinter, TextBlock, TimeBlock};
use crate::vault::operation::OperationError;
use crate::vault::store::block_rows;
use crate::vault::store::exhibit_rows::ExhibitNumber;

/// Account, carrier, country, state, kind, channel.
pub(super) const CODES: usize = CHANNEL + 1;

pub(super) struct Seen {
    prints: Fingerprinter,
    set: FingerprintSet,
}

/// What tells a row without a message reference from others.
pub(super) struct RowIdentity {
    pub(super) number: u64,
    pub(super) user: u64,
    pub(super) sent_at: i64,
    /// In the order of [`Field::DICTIONARIES`]; the bases do not count.
    pub(super) codes: [u32; CODES],
}

impl Seen {
    pub(super) fn new(prints: Fingerprinter) -> Self {
        Self {
            prints,
            set: FingerprintSet::new(),
        }
    }

    pub(super) fn of_reference(&self, reference: &str) -> u128 {
        self.prints.of_reference(reference)
    }

    pub(super) fn of_row(&self, row: &RowIdentity) -> u128 {
        let [account, carrier, country, state, kind, channel] = row.codes.map(u64::from);
        self.prints.of_row(&[
            row.number,
            row.user,
            row.sent_at as u64,
            account,
            carrier,
            country,
            state,
            kind,
            channel,
        ])
    }

    /// Replaces `new` by whether each row is new.
    pub(super) fn take_in(
        &mut self,
        prints: &[u128],
        new: &mut Vec<bool>,
    ) -> Result<(), OperationError> {
        self.set.insert_all(prints, new).map_err(fault::codec)
    }

    /// Takes in every row of an exhibit of the case.
    pub(super) fn load(
        &mut self,
        connection: &Connection,
        place: &Place<'_>,
        exhibit: ExhibitNumber,
        blocks: u32,
    ) -> Result<(), OperationError> {
        let mut prints = Vec::new();
        let mut new = Vec::new();
        for no in 0..blocks {
            let sealed = Sealed {
                connection,
                place,
                exhibit,
                no,
            };
            let references = sealed.references()?;
            let mut others = None;
            prints.clear();
            for row in 0..references.rows() {
                let print = match references.get(row) {
                    Some(reference) => self.of_reference(&reference),
                    None => {
                        if others.is_none() {
                            others = Some(Others::open(&sealed)?);
                        }
                        let others = others
                            .as_ref()
                            .ok_or(OperationError::Internal("seen::load"))?;
                        self.of_row(&others.row(row))
                    }
                };
                prints.push(print);
            }
            self.take_in(&prints, &mut new)?;
        }
        Ok(())
    }
}

/// The sealed blocks of one position.
struct Sealed<'a> {
    connection: &'a Connection,
    place: &'a Place<'a>,
    exhibit: ExhibitNumber,
    no: u32,
}

impl Sealed<'_> {
    fn open<T>(
        &self,
        field: Field,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, OperationError> {
        let mut sealed = Vec::new();
        let found = block_rows::read(self.connection, self.exhibit, field, self.no, &mut sealed)?;
        let aad = self.place.block(field, self.no);
        let opened = self.place.keys.blocks(field).open(&aad, &sealed);
        opened
            .ok()
            .filter(|_| found)
            .and_then(|plain| decode(&plain))
            .ok_or_else(|| OperationError::Damaged {
                place: format!(
                    "exhibit {}, {} block {}",
                    self.place.exhibit,
                    field.label(),
                    self.no
                ),
            })
    }

    fn references(&self) -> Result<TextBlock, OperationError> {
        self.open(Field::MessageRef, |plain| TextBlock::decode(plain).ok())
    }

    fn codes(&self, field: Field) -> Result<CodeBlock, OperationError> {
        self.open(field, |plain| {
            let mut block = CodeBlock::new();
            block.decode(plain).ok().map(|()| block)
        })
    }
}

/// The columns that tell rows without a message reference apart.
struct Others {
    number: CodeBlock,
    user: CodeBlock,
    times: TimeBlock,
    codes: Vec<CodeBlock>,
}

impl Others {
    fn open(sealed: &Sealed<'_>) -> Result<Self, OperationError> {
        let times = sealed.open(Field::SentAt, |plain| {
            let mut block = TimeBlock::new();
            block.decode(plain).ok().map(|()| block)
        })?;
        let codes = Field::DICTIONARIES
            .into_iter()
            .take(CODES)
            .map(|field| sealed.codes(field))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            number: sealed.codes(Field::Number)?,
            user: sealed.codes(Field::User)?,
            times,
            codes,
        })
    }

    fn row(&self, row: usize) -> RowIdentity {
        let code = |block: &CodeBlock| block.codes().get(row).copied().unwrap_or_default();
        let mut codes = [0; CODES];
        for (out, block) in codes.iter_mut().zip(&self.codes) {
            *out = code(block);
        }
        RowIdentity {
            number: u64::from(code(&self.number)),
            user: u64::from(code(&self.user)),
            sent_at: self.times.get(row).unwrap_or_default(),
            codes,
        }
    }
}
