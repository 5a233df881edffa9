//! Whole files through the reader.

mod bad_input;
mod files;
mod formats;
mod generated;
mod mapping;
mod mutated;
mod support;
mod wrapped;
