//! Large values: the table keeps them beside the row, uncompressed.

use zeroize::Zeroizing;

use super::link::Link;
use crate::vault::store::error::{StoreError, one};
use crate::vault::store::large::Large;
use crate::vault::store::value::ValueRef;

/// Reads the values of one table one after the other.
pub(in crate::vault::store) struct LargeReader<'c> {
    link: &'c Link,
    large: &'static Large,
    find: String,
}

impl<'c> LargeReader<'c> {
    pub(super) fn of(link: &'c Link, large: &'static Large) -> Self {
        let find = format!(
            "-- {}\nSELECT sealed FROM {} WHERE {}",
            large.at,
            large.table,
            conditions(large)
        );
        Self { link, large, find }
    }

    /// Replaces the content of the buffer; false if there is no such value.
    pub(in crate::vault::store) fn read(
        &mut self,
        key: &[ValueRef<'_>],
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let at = self.large.at;
        self.link.query(at, &self.find, key, |mut rows| {
            let Some(cells) = rows.next()? else {
                return Ok(false);
            };
            let sealed = cells.get(at, 0)?.as_blob();
            let sealed = sealed.map_err(|_| StoreError::inconsistent(at))?;
            if into.capacity() < sealed.len() {
                // A new buffer, because growing the old one would leave a copy of its content.
                *into = Zeroizing::new(Vec::with_capacity(sealed.len().next_power_of_two()));
            }
            into.clear();
            into.extend_from_slice(sealed);
            Ok(true)
        })
    }
}

/// Writes a value over one that is there, if it is as long; says whether it is.
pub(super) fn overwrite(
    link: &Link,
    large: &Large,
    key: &[ValueRef<'_>],
    sealed: &[u8],
) -> Result<bool, StoreError> {
    let at = "blob::overwrite";
    let (table, conditions) = (large.table, conditions(large));
    let sql = format!("-- {at}\nSELECT length(sealed) FROM {table} WHERE {conditions}");
    let length = link.query(at, &sql, key, |mut rows| {
        let cells = rows.next()?.ok_or(StoreError::inconsistent(at))?;
        let length = cells.get(at, 0)?.as_integer();
        length.map_err(|_| StoreError::inconsistent(at))
    })?;
    let as_long = usize::try_from(length) == Ok(sealed.len());
    if as_long {
        let next = key.len() + 1;
        let sql = format!("-- {at}\nUPDATE {table} SET sealed = ?{next} WHERE {conditions}");
        let mut values = key.to_vec();
        values.push(ValueRef::Blob(sealed));
        one(at, link.execute(at, &sql, &values)?)?;
    }
    Ok(as_long)
}

fn conditions(large: &Large) -> String {
    let each = (1..).zip(large.key);
    let each: Vec<String> = each
        .map(|(no, column)| format!("{column} = ?{no}"))
        .collect();
    each.join(" AND ")
}
