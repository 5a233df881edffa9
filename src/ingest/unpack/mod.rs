//! From the bytes of a file to UTF-8 text: gzip and zip are unpacked, a sheet of a workbook is written as lines, UTF-16
//! is decoded, a byte order mark is removed. What is no log is named for what it is.

mod decode;
mod foreign;
mod growth;
mod packed;
mod packing;
pub(super) mod peek;
pub(super) mod sheet;
pub(super) mod text;
mod workbook;
mod zip;
mod zip_header;
