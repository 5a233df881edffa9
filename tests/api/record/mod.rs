//! Questions about the records of a case.

mod look_up;
mod scope;
mod search;
mod table_csv;
