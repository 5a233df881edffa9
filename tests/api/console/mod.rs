//! The pages, as a browser without a script meets them.

mod every_page;
mod look_up;
mod sessions;
mod whence;
