//! Why a codec refused. No variant carries data: what is refused may be evidence.

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    #[error("the version of the encoding is not known")]
    Version,
    #[error("the kind of the encoding is not the one expected")]
    Kind,
    #[error("the bit width is out of range")]
    Width,
    #[error("the number of rows is out of range or does not fit the block")]
    Rows,
    #[error("the length does not fit what the header says")]
    Length,
    #[error("the padding is not zero")]
    Padding,
    #[error("the values are not in order or not distinct")]
    Order,
    #[error("a text is not well formed")]
    Text,
    #[error("the compressed part cannot be read")]
    Deflate,
    #[error("a field is not known or stands twice")]
    Field,
    #[error("a code lies outside its dictionary")]
    Code,
    #[error("a part does not begin where the part before it ended")]
    Position,
    #[error("a value does not fit the bit width")]
    TooWide,
    #[error("there are more values than the encoding can hold")]
    TooMany,
}
