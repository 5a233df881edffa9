//! Finds messages that earlier exhibits have, among the rows that are new in their file.
//!
//! The short prints of a case say which blocks may have a message (`case_prints.rs`); nearly always none. Otherwise
//! the row is compared with the records of such a block themselves, by the rule of `seen.rs`, so that no row is left
//! out because a print was wrong. So a later exhibit costs by its own size, however often the case has its numbers.
//!
//! In every batch at least one row is compared with a block, if need be a row that is in none: the time that an
//! admission takes does not tell whether the case has the message of one row. Whether it has the number of a row makes
//! no difference.

use super::case_prints::{CasePrints, ComingPrints};
use super::coder::Coder;
use super::earlier_exhibit::EarlierExhibit;
use super::earlier_records::BlockRecords;
use super::fault;
use super::fingerprint_set::FingerprintSet;
use super::group::ACCOUNT;
use super::known::Known;
use super::message_print::{
    CODES, Mark, RowIdentity, in_account, minute_of, of_row, of_timed, short_of_id, short_of_minute,
};
use super::scratch::Scratch;
use crate::vault::error::OperationError;
use crate::vault::exhibits::duplicate_lines::DuplicateRule;
use crate::vault::exhibits::kept_users::KeptUsers;
use crate::vault::plaintext::{Fineness, Fingerprinter, RowBatch};

/// After so many looks into a block for some of its numbers, all its records are read at the next one.
const LOOKS: u32 = 4;
/// Or at once, if so many rows may be in it.
const MANY: usize = 1 << 12;
/// For so many rows without a reference the users of a whole exhibit are read, and not only those of some numbers.
const SEVERAL: usize = 64;

/// The records of the exhibits that the case has already.
pub(super) struct InCase {
    exhibits: Vec<EarlierExhibit>,
    /// Where each of the blocks is: its exhibit, as a position in the list, and its number.
    blocks: Vec<Block>,
    /// The order in which blocks are searched: those that had something last come first.
    order: Vec<usize>,
    coming: Option<ComingPrints>,
    prints: Option<CasePrints>,
    /// The records that were read, each with its exhibit.
    records: Option<FingerprintSet>,
    /// For each number of the case, whether the records of the number are wanted.
    wanted: Vec<bool>,
    /// The users that the subject index of an exhibit keeps, of the exhibit that was read last.
    kept_users: Option<(usize, KeptUsers)>,
    /// Whether there is an exhibit whose references are ids, and one whose references are not.
    with_ids: bool,
    with_times: bool,
}

struct Block {
    exhibit: usize,
    no: u32,
    looks: u32,
    /// All its records were read.
    whole: bool,
}

/// What is read of a block.
#[derive(Clone, Copy)]
struct Look {
    /// All its records, and not only those of wanted numbers.
    all: bool,
    /// The users that the subject index keeps, all of them at once.
    users: bool,
    /// More than the numbers, even if none of them is wanted.
    must: bool,
    /// Rows of the batch have no reference.
    whole_rows: bool,
}

/// The rows of one batch, and what they are compared by.
pub(super) struct Rows<'a> {
    pub(super) batch: &'a RowBatch,
    pub(super) users: &'a [u64],
    pub(super) references: &'a [u128],
    pub(super) fingerprinter: &'a Fingerprinter,
}

impl InCase {
    /// `visible` numbers of the case are in the earlier exhibits.
    pub(super) fn new(exhibits: Vec<EarlierExhibit>, coming: ComingPrints, visible: u32) -> Self {
        let blocks = exhibits.iter().enumerate().flat_map(|(exhibit, earlier)| {
            (0..earlier.blocks).map(move |no| Block {
                exhibit,
                no,
                looks: 0,
                whole: false,
            })
        });
        let blocks: Vec<Block> = blocks.collect();
        Self {
            // The newest exhibit is the one that a later one overlaps with.
            order: (0..blocks.len()).rev().collect(),
            with_ids: exhibits.iter().any(|exhibit| exhibit.ids),
            with_times: exhibits.iter().any(|exhibit| !exhibit.ids),
            blocks,
            exhibits,
            coming: Some(coming),
            prints: None,
            records: None,
            wanted: vec![false; visible as usize + 1],
            kept_users: None,
        }
    }

    /// Whether no row was compared yet.
    pub(super) fn is_at_the_beginning(&self) -> bool {
        self.coming.is_some()
    }

    /// Waits until the prints are read, to compare any rows. The caller holds no reader.
    pub(super) fn be_ready_for_all(&mut self) -> Result<(), OperationError> {
        if let Some(coming) = self.coming.take() {
            self.prints = Some(coming.for_all()?);
        }
        Ok(())
    }

    /// Waits until the prints are read, to compare rows with these prints and no others. The caller holds no reader.
    pub(super) fn be_ready_for_these(&mut self, asked: Vec<u64>) -> Result<(), OperationError> {
        if let Some(coming) = self.coming.take() {
            self.prints = Some(coming.for_these(asked)?);
        }
        Ok(())
    }

    /// Sets `in_case` to whether an earlier exhibit has the message of each row. Rows that are not `new` in their file
    /// are not compared.
    pub(super) fn find(
        &mut self,
        known: &Known<'_>,
        coder: &mut Coder,
        rows: &Rows<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), OperationError> {
        scratch.in_case.clear();
        scratch.in_case.resize(scratch.rows.len(), false);
        let Some(prints) = self.prints.take() else {
            return Err(OperationError::Internal("in_case::prints"));
        };
        let found = self.find_by(&prints, known, coder, rows, scratch);
        self.prints = Some(prints);
        found
    }

    fn find_by(
        &mut self,
        prints: &CasePrints,
        known: &Known<'_>,
        coder: &mut Coder,
        rows: &Rows<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), OperationError> {
        let mut asked = self.ask(prints, rows, scratch);
        let (mut opened, mut hits) = (false, Vec::new());
        for turn in 0..self.order.len() {
            if asked.is_empty() {
                break;
            }
            let Some(block) = self.order.get(turn).copied() else {
                break;
            };
            hits.clear();
            prints.find(block, &asked, &mut hits);
            // A row may be asked about by two prints.
            hits.sort_unstable();
            hits.dedup();
            if hits.is_empty() {
                continue;
            }
            let same = self.compare((block, &mut opened), &hits, known, coder, rows, scratch)?;
            if same {
                asked.retain(|(_, at)| !scratch.in_case[*at as usize]);
                self.order[..=turn].rotate_right(1);
            }
        }
        if !opened && !scratch.rows.is_empty() && prints.block_count() > 0 {
            let any = scratch.short.first().copied().unwrap_or_default() as usize;
            let any = any % prints.block_count();
            self.compare((any, &mut opened), &[0], known, coder, rows, scratch)?;
        }
        Ok(())
    }

    /// The rows that some block may have, by their prints, sorted.
    fn ask(&self, prints: &CasePrints, rows: &Rows<'_>, scratch: &Scratch) -> Vec<(u64, u32)> {
        let mut asked = Vec::new();
        self.each_print(rows, scratch, |print, at| {
            if prints.may_have(print) {
                asked.push((print, at));
            }
        });
        asked.sort_unstable();
        asked
    }

    /// Gives the prints by which rows are looked for that are new in their file, each with the place of its row.
    pub(super) fn each_print(
        &self,
        rows: &Rows<'_>,
        scratch: &Scratch,
        mut with: impl FnMut(u64, u32),
    ) {
        for (at, row) in scratch.rows.iter().enumerate() {
            if !scratch.new[at] {
                continue;
            }
            let mut ask = |print: u64| with(print, at as u32);
            let (reference, number) = (rows.references[*row as usize], scratch.identities[at]);
            match scratch.compared[at].rule {
                DuplicateRule::WholeRow => ask(scratch.short[at]),
                DuplicateRule::Reference | DuplicateRule::ReferenceAndTime => {
                    if self.with_ids {
                        ask(short_of_id(reference, number));
                    }
                    if self.with_times {
                        let sent_at = rows.batch.sent_at()[*row as usize];
                        ask(short_of_minute(reference, number, sent_at));
                    }
                }
            }
        }
    }

    /// Compares rows with the records of a block. Answers whether one of them is there, and sets `opened` if more than
    /// its numbers was read.
    fn compare(
        &mut self,
        (block, opened): (usize, &mut bool),
        hits: &[u32],
        known: &Known<'_>,
        coder: &mut Coder,
        rows: &Rows<'_>,
        scratch: &mut Scratch,
    ) -> Result<bool, OperationError> {
        let numbers: Vec<u32> = hits
            .iter()
            .map(|at| scratch.numbers[*at as usize])
            .collect();
        let terms = coder.terms_of_numbers(known, &numbers)?;
        let users = users_of_whole_rows(hits, known, coder, rows, scratch)?;
        let place = &mut self.blocks[block];
        if !place.whole {
            place.looks += 1;
            place.whole = place.looks > LOOKS || hits.len() >= MANY;
            let look = Look {
                all: place.whole,
                users: place.whole || hits.len() >= SEVERAL,
                must: !*opened,
                whole_rows: has_whole_rows(scratch),
            };
            self.want(&terms, true);
            let read = self.read_block(block, known, rows.fingerprinter, look);
            self.want(&terms, false);
            *opened |= read?;
        }
        let exhibit = self.blocks[block].exhibit;
        let mut same = false;
        for (at, (term, user)) in hits.iter().zip(terms.iter().zip(users)) {
            let at = *at as usize;
            let (false, Some(user)) = (*term == 0, user) else {
                continue;
            };
            let prints = self.prints_of(at, (exhibit, *term, user), rows, scratch);
            let found = self.records.as_ref().is_some_and(|records| {
                let mut prints = prints.into_iter().flatten();
                prints.any(|print| records.contains(print))
            });
            scratch.in_case[at] |= found;
            same |= found;
        }
        Ok(same)
    }

    /// Says whether the records of these numbers are wanted. No record has the number 0, which stands for one that the
    /// case does not have.
    fn want(&mut self, terms: &[u32], wanted: bool) {
        for term in terms.iter().filter(|term| **term != 0) {
            if let Some(place) = self.wanted.get_mut(*term as usize) {
                *place = wanted;
            }
        }
    }

    /// The prints of which a record of an exhibit has one if it is the message of a row with this number and user.
    fn prints_of(
        &self,
        at: usize,
        (exhibit, term, user): (usize, u32, u32),
        rows: &Rows<'_>,
        scratch: &Scratch,
    ) -> [Option<u128>; 2] {
        let row = scratch.rows[at] as usize;
        let (earlier, number) = (&self.exhibits[exhibit], number_in(exhibit, term));
        let sent_at = rows.batch.sent_at()[row];
        let reference = in_account(rows.references[row], scratch.codes[ACCOUNT][at]);
        let compared = &scratch.compared[at];
        match compared.rule {
            DuplicateRule::WholeRow => {
                let mut codes = [0; CODES];
                for (code, column) in codes.iter_mut().zip(&scratch.codes) {
                    *code = column[at];
                }
                let row = RowIdentity {
                    number,
                    user: u64::from(user),
                    sent_at,
                    codes,
                };
                [Some(of_row(rows.fingerprinter, &row)), None]
            }
            DuplicateRule::Reference if earlier.ids => {
                [Some(Fingerprinter::of_message(reference, number)), None]
            }
            _ => {
                let timed =
                    |unit, time| of_timed(rows.fingerprinter, reference, number, unit, time);
                let in_minute = |unit| timed(unit, minute_of(sent_at));
                match compared.fineness {
                    Fineness::Minute => [Some(in_minute(Mark::Minute)), None],
                    _ => [
                        Some(timed(Mark::Second, sent_at)),
                        earlier.minutes.then(|| in_minute(Mark::OnlyMinute)),
                    ],
                }
            }
        }
    }

    /// Reads the records of a block whose number is wanted, or all. Answers whether more than the numbers was read.
    fn read_block(
        &mut self,
        block: usize,
        known: &Known<'_>,
        fingerprinter: &Fingerprinter,
        look: Look,
    ) -> Result<bool, OperationError> {
        let Block { exhibit, no, .. } = self.blocks[block];
        let earlier = &self.exhibits[exhibit];
        let mut records = BlockRecords::open(known, earlier, no)?;
        let wanted = |term: &u32| look.all || self.wanted.get(*term as usize) == Some(&true);
        if !look.must && !records.numbers().iter().any(wanted) {
            return Ok(false);
        }
        let references = records.references()?;
        if look.must && records.numbers().is_empty() {
            return Ok(true);
        }
        if look.must {
            records.times()?;
            records.account(0)?;
        }
        if look.must && look.whole_rows {
            records.whole_row(0, 0, None)?;
        }
        let read = self.records.get_or_insert_with(FingerprintSet::new);
        for row in 0..records.numbers().len() {
            let term = records.numbers()[row];
            if !wanted(&term) {
                continue;
            }
            let number = number_in(exhibit, term);
            let Some(reference) = references.get(row) else {
                if look.users
                    && self
                        .kept_users
                        .as_ref()
                        .is_none_or(|(of, _)| *of != exhibit)
                {
                    self.kept_users = Some((exhibit, records.kept_users()?));
                }
                let kept = self.kept_users.as_ref().filter(|(of, _)| *of == exhibit);
                let row = records.whole_row(row, number, kept.map(|(_, kept)| kept))?;
                read.insert(of_row(fingerprinter, &row));
                continue;
            };
            let reference = fingerprinter.of_text(&reference).max(1);
            let reference = in_account(reference, records.account(row)?);
            if earlier.ids {
                read.insert(Fingerprinter::of_message(reference, number));
            }
            let sent_at = records.times()?.get(row).unwrap_or_default();
            let timed = |unit, time| of_timed(fingerprinter, reference, number, unit, time);
            read.insert(timed(Mark::Minute, minute_of(sent_at)));
            read.insert(timed(Mark::Second, sent_at));
            // Where some times of an exhibit are written to the minute, a whole minute may be one of them.
            if earlier.minutes && sent_at.rem_euclid(60) == 0 {
                read.insert(timed(Mark::OnlyMinute, minute_of(sent_at)));
            }
        }
        Ok(true)
    }
}

/// The term numbers of the users of those rows that have no reference, 0 for nobody and for other rows; `None` for a
/// user whom the case does not have.
fn users_of_whole_rows(
    hits: &[u32],
    known: &Known<'_>,
    coder: &mut Coder,
    rows: &Rows<'_>,
    scratch: &Scratch,
) -> Result<Vec<Option<u32>>, OperationError> {
    let mut users = Vec::with_capacity(hits.len());
    for at in hits {
        let row = scratch.rows[*at as usize] as usize;
        users.push(match scratch.compared[*at as usize].rule {
            DuplicateRule::WholeRow => {
                let name = rows.batch.users().get(row);
                let user = coder.users.number(rows.users[row], name);
                user.map_err(fault::codec)?
            }
            _ => 0,
        });
    }
    coder.terms_of_users(known, &users)
}

fn has_whole_rows(scratch: &Scratch) -> bool {
    let mut rules = scratch.compared.iter().map(|compared| compared.rule);
    rules.any(|rule| rule == DuplicateRule::WholeRow)
}

/// A number as one exhibit has it: records of several are in one set.
fn number_in(exhibit: usize, term: u32) -> u64 {
    (exhibit as u64) << 32 | u64::from(term)
}
