//! Recoveries, as those see them who can stop them.

mod stop;
