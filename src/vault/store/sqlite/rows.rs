//! What a statement gets and gives, in SQLite's types.

use rusqlite::types::{ToSqlOutput, ValueRef as Own};
use rusqlite::{Params, Row, params_from_iter};

use super::error::at;
use crate::vault::store::error::StoreError;
use crate::vault::store::value::ValueRef;

/// The rows of one statement, one after the other.
pub(in crate::vault::store) struct Rows<'s>(pub(super) rusqlite::Rows<'s>);

/// The cells of one row.
pub(in crate::vault::store) struct Cells<'r>(&'r Row<'r>);

impl Rows<'_> {
    pub(in crate::vault::store) fn next(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Cells<'_>>, StoreError> {
        Ok(self.0.next().map_err(at(name))?.map(Cells))
    }
}

impl<'r> Cells<'r> {
    pub(in crate::vault::store) fn get(
        &self,
        name: &'static str,
        no: usize,
    ) -> Result<ValueRef<'r>, StoreError> {
        Ok(match self.0.get_ref(no).map_err(at(name))? {
            Own::Null => ValueRef::Null,
            Own::Integer(value) => ValueRef::Integer(value),
            Own::Real(value) => ValueRef::Real(value),
            Own::Text(value) => ValueRef::Text(value),
            Own::Blob(value) => ValueRef::Blob(value),
        })
    }
}

/// The values of a statement's places.
pub(super) fn bound<'v>(values: &'v [ValueRef<'v>]) -> impl Params + 'v {
    let own = |value: &'v ValueRef<'v>| {
        ToSqlOutput::Borrowed(match *value {
            ValueRef::Null => Own::Null,
            ValueRef::Integer(value) => Own::Integer(value),
            ValueRef::Real(value) => Own::Real(value),
            ValueRef::Text(value) => Own::Text(value),
            ValueRef::Blob(value) => Own::Blob(value),
        })
    };
    params_from_iter(values.iter().map(own))
}
