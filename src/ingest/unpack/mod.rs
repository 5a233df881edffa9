//! From the bytes of a file to UTF-8 text: gzip and zip are unpacked, UTF-16 is decoded, a byte
//! order mark is removed.

mod decode;
mod growth;
mod packed;
mod packing;
pub(super) mod peek;
pub(super) mod text;
mod zip;
mod zip_header;
