//! What is looked for in JSON records: the paths of a format as a tree of names, so that one walk
//! through a record finds all of them.
//!
//! Holds names, never a cell.

use memchr::{memchr, memmem};

use super::path::{JsonPath, Step, Taken, last};
use crate::domain::Field;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::{Reads, Shape};
use crate::ingest::mapping::column::ColumnMapping;
use crate::ingest::rows::cells::{slot, slot_of};

/// The columns of a format, and the names that lead to them.
#[derive(Default)]
pub(super) struct Wanted {
    /// The index of a column here is its rank: of two columns for one field, the first that is
    /// not blank counts.
    pub(super) columns: Vec<WantedColumn>,
    pub(super) members: WantedMembers,
    /// Fields whose columns identify a record of the format.
    pub(super) marks: Vec<Field>,
}

/// A path and the field at its end.
pub(super) struct WantedColumn {
    /// The first name of the path: no object without it has the column.
    first: String,
    pub(super) path: String,
    pub(super) field: Field,
    /// Its slot among a record's cells.
    pub(super) slot: usize,
    pub(super) reads: Reads,
}

/// The names that are looked for in an object.
pub(super) type WantedMembers = Vec<(String, WantedMember)>;

/// What is wanted of the value under a name.
#[derive(Default)]
pub(super) struct WantedMember {
    /// The ranks of the columns whose cell is the value itself.
    pub(super) columns: Vec<usize>,
    /// If it is an object: of its members.
    pub(super) inside: WantedMembers,
    /// If it is a list: of each object in it, which makes a row of its own.
    pub(super) each: Option<Box<WantedMember>>,
    /// If it is a list: of the object in it that has a certain member.
    pub(super) choices: Vec<Choice>,
}

/// The object of a list whose member `name` is the text `is`.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) is: String,
    pub(super) of: WantedMember,
}

impl Wanted {
    /// The columns of a shape. A declared column replaces those that the shape has for its field.
    pub(super) fn new(shape: &Shape, declared: &[ColumnMapping]) -> Self {
        let mut wanted = Self {
            marks: shape.marks.clone(),
            ..Self::default()
        };
        for mapping in declared {
            let (field, path) = (mapping.field(), mapping.column());
            wanted.add(field, slot(field), Reads::Text, path);
        }
        for column in &shape.columns {
            let taken = declared
                .iter()
                .any(|mapping| mapping.field() == column.field);
            for path in column.names.iter().filter(|_| !taken) {
                wanted.add(column.field, slot_of(column), column.reads, path);
            }
        }
        wanted
    }

    /// The error of a column whose value is a list.
    pub(super) fn is_a_list(&self, rank: usize) -> IngestError {
        let column = self.columns.get(rank);
        IngestError::ListColumn {
            field: column.map_or("number", |column| column.field.label()),
            column: column.map_or_else(String::new, |column| column.path.clone()),
        }
    }

    /// Whether a column's path ends in this name.
    pub(super) fn ends_in(&self, name: &str) -> bool {
        let mut columns = self.columns.iter();
        columns.any(|column| last(&column.path) == name)
    }

    /// False if the text of an object shows that it lacks one of the columns that identify the format. Most objects in
    /// a record are none, and searching their text costs far less than reading them.
    pub(super) fn may_fit(&self, object: &str) -> bool {
        self.marks.iter().all(|field| self.may_have(*field, object))
    }

    /// The same of what has a number, or all those columns.
    pub(super) fn may_be_near(&self, object: &str) -> bool {
        self.may_have(Field::Number, object) || self.may_fit(object)
    }

    /// Whether the text of an object may have a column of the field.
    fn may_have(&self, field: Field, object: &str) -> bool {
        let mut columns = self.columns.iter().filter(|column| column.field == field);
        let named = columns
            .any(|column| memmem::find(object.as_bytes(), column.first.as_bytes()).is_some());
        // A name may be written with escapes, or with marks that nobody sees.
        named || !object.is_ascii() || memchr(b'\\', object.as_bytes()).is_some()
    }

    fn add(&mut self, field: Field, slot: usize, reads: Reads, path: &str) {
        let rank = self.columns.len();
        let JsonPath(steps) = JsonPath::parse(path);
        self.columns.push(WantedColumn {
            first: steps
                .first()
                .map_or_else(String::new, |step| step.name.clone()),
            path: path.to_owned(),
            field,
            slot,
            reads,
        });
        insert(&mut self.members, &steps, rank);
        // Some tools flatten logs; the whole path is a name then.
        if steps.len() > 1 {
            member(&mut self.members, path).columns.push(rank);
        }
    }
}

fn insert(members: &mut WantedMembers, steps: &[Step], rank: usize) {
    let Some((step, rest)) = steps.split_first() else {
        return;
    };
    let mut at = member(members, &step.name);
    match &step.taken {
        Taken::Value => {}
        Taken::Each => at = at.each.get_or_insert_default(),
        Taken::Where { name, is } => at = choice(&mut at.choices, name, is),
    }
    if rest.is_empty() {
        at.columns.push(rank);
    } else {
        insert(&mut at.inside, rest, rank);
    }
}

fn member<'m>(members: &'m mut WantedMembers, name: &str) -> &'m mut WantedMember {
    let found = members.iter().position(|(known, _)| known == name);
    let at = found.unwrap_or_else(|| {
        members.push((name.to_owned(), WantedMember::default()));
        members.len() - 1
    });
    &mut members[at].1
}

fn choice<'m>(choices: &'m mut Vec<Choice>, name: &str, is: &str) -> &'m mut WantedMember {
    let found = choices
        .iter()
        .position(|choice| choice.name == name && choice.is == is);
    let at = found.unwrap_or_else(|| {
        choices.push(Choice {
            name: name.to_owned(),
            is: is.to_owned(),
            of: WantedMember::default(),
        });
        choices.len() - 1
    });
    &mut choices[at].of
}
