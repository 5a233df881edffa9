//! The pages, as a browser without a script meets them.

mod audit;
mod every_page;
mod look_up;
mod records;
mod requests;
mod sessions;
mod whence;
