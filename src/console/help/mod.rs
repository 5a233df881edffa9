//! Pages that anybody may read.

mod errors;

pub use self::errors::ErrorsPage;
