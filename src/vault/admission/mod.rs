//! Admission of exhibits.
