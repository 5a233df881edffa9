//! Why a codec refused. No variant carries data: what is refused may be evidence.

/// Why a plaintext could not be encoded or decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The first byte is not the version this program writes.
    #[error("the version of the encoding is not known")]
    Version,
    /// The bytes are of another kind of block, or of a form that does not exist.
    #[error("the kind of the encoding is not the one expected")]
    Kind,
    /// A bit width above that of the type, or a reserved byte beside it that is not zero.
    #[error("the bit width is out of range")]
    Width,
    /// More than [`super::BLOCK_ROWS`] rows, or columns of different lengths.
    #[error("the number of rows is out of range or does not fit the block")]
    Rows,
    /// Too few or too many bytes for what the header says.
    #[error("the length does not fit what the header says")]
    Length,
    /// A bit or byte after the last value is not zero.
    #[error("the padding is not zero")]
    Padding,
    /// Values that must rise do not, or a value occurs twice.
    #[error("the values are not in order or not distinct")]
    Order,
    /// A text is not UTF-8.
    #[error("a text is not well formed")]
    Text,
    /// The compressed texts could not be compressed or decompressed.
    #[error("the compressed part cannot be read")]
    Deflate,
    /// A field that does not exist, or one that occurs twice.
    #[error("a field is not known or stands twice")]
    Field,
    /// A code that is not below the size of its dictionary.
    #[error("a code lies outside its dictionary")]
    Code,
    /// A segment, range or row number that does not fit its place.
    #[error("a part does not begin where the part before it ended")]
    Position,
    /// A value that needs more bits than the given width.
    #[error("a value does not fit the bit width")]
    TooWide,
    /// More values or groups than the encoding or the memory budget allows.
    #[error("there are more values than the encoding can hold")]
    TooMany,
}
