//! Values as a database has them, whichever it is.

/// A value of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// A value where it is: in a row that is read, or in what is to be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum ValueRef<'a> {
    Null,
    Integer(i64),
    Real(f64),
    /// Should be UTF-8; somebody else may have written the row.
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// A value has another type, range or form than whoever reads it expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Misread;

/// What a value is read as.
pub(super) trait FromValue: Sized {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread>;
}

impl<'a> ValueRef<'a> {
    pub(super) fn as_integer(self) -> Result<i64, Misread> {
        match self {
            Self::Integer(value) => Ok(value),
            _ => Err(Misread),
        }
    }

    pub(super) fn as_text(self) -> Result<&'a str, Misread> {
        match self {
            Self::Text(value) => str::from_utf8(value).map_err(|_| Misread),
            _ => Err(Misread),
        }
    }

    pub(super) fn as_blob(self) -> Result<&'a [u8], Misread> {
        match self {
            Self::Blob(value) => Ok(value),
            _ => Err(Misread),
        }
    }
}

impl TryFrom<ValueRef<'_>> for Value {
    type Error = Misread;

    fn try_from(value: ValueRef<'_>) -> Result<Self, Misread> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer(value),
            ValueRef::Real(value) => Self::Real(value),
            ValueRef::Text(_) => Self::Text(value.as_text()?.to_owned()),
            ValueRef::Blob(value) => Self::Blob(value.to_owned()),
        })
    }
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(value) => Self::Integer(*value),
            Value::Real(value) => Self::Real(*value),
            Value::Text(value) => Self::Text(value.as_bytes()),
            Value::Blob(value) => Self::Blob(value),
        }
    }
}

impl From<i64> for ValueRef<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for ValueRef<'_> {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u8> for ValueRef<'_> {
    fn from(value: u8) -> Self {
        Self::Integer(value.into())
    }
}

impl<'a> From<&'a str> for ValueRef<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for ValueRef<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for ValueRef<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<ValueRef<'a>>> From<Option<T>> for ValueRef<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl FromValue for i64 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        value.as_integer()
    }
}

impl FromValue for u64 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        value.as_integer()?.try_into().map_err(|_| Misread)
    }
}

impl FromValue for u32 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        value.as_integer()?.try_into().map_err(|_| Misread)
    }
}

impl FromValue for u8 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        value.as_integer()?.try_into().map_err(|_| Misread)
    }
}

impl FromValue for bool {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        match value.as_integer()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Misread),
        }
    }
}

impl FromValue for f64 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        match value {
            ValueRef::Real(value) => Ok(value),
            _ => Err(Misread),
        }
    }
}

impl FromValue for String {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        value.as_text().map(str::to_owned)
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        value.as_blob().map(<[u8]>::to_vec)
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        value.as_blob()?.try_into().map_err(|_| Misread)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Misread> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// The values of a statement's places, in their order.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::vault::store::value::ValueRef::from($value)),*]
    };
}
pub(super) use values;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_what_it_is_and_as_nothing_else() {
        let (text, blob): (ValueRef<'_>, ValueRef<'_>) = ("seven".into(), b"seven".into());
        let number = ValueRef::from(7_i64);
        assert_eq!(String::from_value(text), Ok("seven".to_owned()));
        assert_eq!(<[u8; 5]>::from_value(blob), Ok(*b"seven"));
        assert_eq!(u8::from_value(number), Ok(7));
        assert_eq!(Option::<i64>::from_value(ValueRef::Null), Ok(None));
        assert_eq!(Option::<i64>::from_value(number), Ok(Some(7)));
        assert_eq!(f64::from_value(ValueRef::Real(0.5)), Ok(0.5));
        for wrong in [
            String::from_value(blob).err(),
            String::from_value(ValueRef::Text(b"\xff")).err(),
            String::from_value(ValueRef::Null).err(),
            Vec::<u8>::from_value(text).err(),
            <[u8; 4]>::from_value(blob).err(),
            i64::from_value(text).err(),
            u8::from_value(ValueRef::Integer(256)).err(),
            u64::from_value(ValueRef::Integer(-1)).err(),
            u32::from_value(ValueRef::Integer(1 << 32)).err(),
            bool::from_value(ValueRef::Integer(2)).err(),
            f64::from_value(number).err(),
        ] {
            assert_eq!(wrong, Some(Misread));
        }
    }

    #[test]
    fn what_was_kept_of_a_row_is_the_row() {
        for cell in [
            ValueRef::Null,
            ValueRef::Integer(-3),
            ValueRef::Real(2.5),
            ValueRef::Text("é".as_bytes()),
            ValueRef::Blob(&[0, 255]),
        ] {
            let kept = Value::try_from(cell).unwrap();
            assert_eq!(ValueRef::from(&kept), cell);
        }
        assert_eq!(Value::try_from(ValueRef::Text(b"\xff")), Err(Misread));
    }
}
