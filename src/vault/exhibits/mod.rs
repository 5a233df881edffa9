//! Admitted exhibits: their parts, sealed and opened; descriptions, dictionaries, subject index, terms.
//!
//! Sees the keys of a case and sealed rows. `exhibit_parts` seals and opens every part of an exhibit; the other files
//! open what queries and later admissions read. Also keeps which admissions are under way (`under_way`).

pub(in crate::vault) mod added_terms;
pub(in crate::vault) mod checks_under_way;
pub(in crate::vault) mod description;
pub(in crate::vault) mod duplicate_lines;
pub(in crate::vault) mod erased_term;
pub(in crate::vault) mod erasures;
pub(in crate::vault) mod exhibit_parts;
pub(in crate::vault) mod file_accounts;
pub(in crate::vault) mod file_commitment;
pub(in crate::vault) mod index_ranges;
pub(in crate::vault) mod kept_users;
pub(in crate::vault) mod known_case;
pub(in crate::vault) mod known_parts;
pub(in crate::vault) mod leftovers;
pub(in crate::vault) mod line_report;
pub(in crate::vault) mod searched;
pub(in crate::vault) mod tag_runs;
pub(in crate::vault) mod terms;
pub(in crate::vault) mod under_way;
