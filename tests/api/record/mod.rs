//! Questions about the records of a case.

mod look_up;
mod look_up_csv;
mod scope;
mod search;
mod table_csv;
