//! The pages, as a browser without a script meets them.

mod audit;
mod every_page;
mod exhibits;
mod look_up;
mod people;
mod records;
mod requests;
mod sessions;
mod whence;
