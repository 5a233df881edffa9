//! Whole files through the reader.

mod bad_input;
mod countries;
mod files;
mod formats;
mod generated;
mod hidden;
mod lines;
mod mapping;
mod mutated;
mod support;
mod workbook;
mod wrapped;
