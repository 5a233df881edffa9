//! What is looked for in JSON records: the paths of a shape as a tree of
//! names, so that a record is walked once.
//!
//! Holds names, never a cell.

use super::cells::{slot, slot_of};
use super::declared::{ColumnMapping, Declared};
use super::json_path::{JsonPath, Of, Step};
use super::shape::{Reads, Shape};
use crate::domain::Field;

#[derive(Default)]
pub(super) struct Known {
    /// In the order in which they count.
    pub(super) columns: Vec<KnownColumn>,
    pub(super) members: Members,
    /// Fields by whose columns a record of the format is known.
    pub(super) marks: Vec<Field>,
}

pub(super) struct KnownColumn {
    pub(super) path: String,
    pub(super) field: Field,
    pub(super) slot: usize,
    pub(super) reads: Reads,
}

/// The names looked for in an object.
pub(super) type Members = Vec<(String, Member)>;

/// What is wanted of the value under a name.
#[derive(Default)]
pub(super) struct Member {
    /// The columns, by rank, whose cell is the value itself.
    pub(super) columns: Vec<usize>,
    /// If it is an object.
    pub(super) inside: Members,
    /// If it is a list: of each object in it, a row of its own.
    pub(super) each: Option<Box<Member>>,
    /// If it is a list: of the object whose member has this text.
    pub(super) choices: Vec<Choice>,
}

pub(super) struct Choice {
    pub(super) name: String,
    pub(super) is: String,
    pub(super) of: Member,
}

impl Known {
    /// The columns of a shape; a declared one takes the place of those that
    /// are known for its field.
    pub(super) fn new(shape: &Shape, declared: &[ColumnMapping]) -> Self {
        let mut known = Self {
            marks: shape.marks.clone(),
            ..Self::default()
        };
        for mapping in declared {
            let (field, path) = (mapping.field(), mapping.column());
            known.add(field, slot(field), Reads::Text, path);
        }
        for column in &shape.columns {
            let taken = declared
                .iter()
                .any(|mapping| mapping.field() == column.field);
            for path in column.names.iter().filter(|_| !taken) {
                known.add(column.field, slot_of(column), column.reads, path);
            }
        }
        known
    }

    pub(super) fn of(shape: &Shape, declared: &Declared) -> Self {
        Self::new(shape, &declared.columns)
    }

    fn add(&mut self, field: Field, slot: usize, reads: Reads, path: &str) {
        let rank = self.columns.len();
        self.columns.push(KnownColumn {
            path: path.to_owned(),
            field,
            slot,
            reads,
        });
        let JsonPath(steps) = JsonPath::parse(path);
        insert(&mut self.members, &steps, rank);
        // Logs that were flattened on their way have the whole path as a name.
        if steps.len() > 1 {
            member(&mut self.members, path).columns.push(rank);
        }
    }
}

fn insert(members: &mut Members, steps: &[Step], rank: usize) {
    let Some((step, rest)) = steps.split_first() else {
        return;
    };
    let mut at = member(members, &step.name);
    match &step.of {
        Of::Value => {}
        Of::Each => at = at.each.get_or_insert_default(),
        Of::Where { name, is } => at = choice(&mut at.choices, name, is),
    }
    if rest.is_empty() {
        at.columns.push(rank);
    } else {
        insert(&mut at.inside, rest, rank);
    }
}

fn member<'m>(members: &'m mut Members, name: &str) -> &'m mut Member {
    let found = members.iter().position(|(known, _)| known == name);
    let at = found.unwrap_or_else(|| {
        members.push((name.to_owned(), Member::default()));
        members.len() - 1
    });
    &mut members[at].1
}

fn choice<'m>(choices: &'m mut Vec<Choice>, name: &str, is: &str) -> &'m mut Member {
    let found = choices
        .iter()
        .position(|choice| choice.name == name && choice.is == is);
    let at = found.unwrap_or_else(|| {
        choices.push(Choice {
            name: name.to_owned(),
            is: is.to_owned(),
            of: Member::default(),
        });
        choices.len() - 1
    });
    &mut choices[at].of
}
