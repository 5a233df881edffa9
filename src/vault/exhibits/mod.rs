//! Admitted exhibits, opened: descriptions, dictionaries, subject index, terms.
//!
//! Sees the case's keys and sealed rows. Admission writes what is read here;
//! queries and the check of exhibits read it.

pub(in crate::vault) mod description;
pub(in crate::vault) mod kept_users;
pub(in crate::vault) mod known_case;
pub(in crate::vault) mod terms;
pub(in crate::vault) mod under_way;
