//! Statements and their values, as the server wants them.

use std::error::Error;
use std::fmt;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

use crate::vault::store::value::{Misread, Value, ValueRef};

/// The text of a statement with the server's places: `$1` where ours has `?1`.
pub(super) fn translated(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut letters = sql.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        quoted ^= letter == '\'';
        let is_place = letter == '?' && letters.peek().is_some_and(char::is_ascii_digit);
        text.push(if is_place && !quoted { '$' } else { letter });
    }
    text
}

/// A value for a place of a statement.
#[derive(Clone, Copy)]
pub(super) struct Bound<'v>(pub(super) ValueRef<'v>);

/// The library writes values into its log of debugging; ours are not for a log.
impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, kind) {
            (ValueRef::Null, _) => Ok(IsNull::Yes),
            (ValueRef::Integer(value), &Type::INT8) => value.to_sql(kind, out),
            (ValueRef::Integer(value), &Type::INT4) => i32::try_from(value)?.to_sql(kind, out),
            (ValueRef::Real(value), &Type::FLOAT8) => value.to_sql(kind, out),
            (ValueRef::Text(value), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => {
                str::from_utf8(value)?.to_sql(kind, out)
            }
            (ValueRef::Blob(value), &Type::BYTEA) => value.to_sql(kind, out),
            _ => Err("a value of another type".into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(kind, out)
    }
}

/// The same for a statement that is sent while its values may be gone.
pub(super) struct Owned(Value);

impl Owned {
    pub(super) fn of(value: ValueRef<'_>) -> Result<Self, Misread> {
        Value::try_from(value).map(Self)
    }
}

impl fmt::Debug for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ToSql for Owned {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Bound(ValueRef::from(&self.0)).to_sql(kind, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(kind, out)
    }
}

/// A value where it is in a row.
pub(super) struct Cell<'r>(pub(super) ValueRef<'r>);

impl<'r> FromSql<'r> for Cell<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::INT8 => ValueRef::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => ValueRef::Integer(i32::from_sql(kind, raw)?.into()),
            Type::BOOL => ValueRef::Integer(bool::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => ValueRef::Real(f64::from_sql(kind, raw)?),
            Type::BYTEA => ValueRef::Blob(raw),
            _ => ValueRef::Text(raw),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(ValueRef::Null))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT8
                | Type::INT4
                | Type::BOOL
                | Type::FLOAT8
                | Type::BYTEA
                | Type::TEXT
                | Type::VARCHAR
                | Type::NAME
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_translated_and_nothing_else() {
        for (ours, theirs) in [
            ("a = ?1 AND b = ?12", "a = $1 AND b = $12"),
            ("a = '?1' AND b = ?2", "a = '?1' AND b = $2"),
            ("what? no", "what? no"),
            ("LIMIT ?3", "LIMIT $3"),
        ] {
            assert_eq!(translated(ours), theirs);
        }
    }

    #[test]
    fn a_value_is_in_no_text_for_debugging() {
        let shown = format!("{:?}", Bound(ValueRef::Text(b"secret")));
        assert_eq!(shown, "…");
    }
}
