//! The pages, as a browser without a script meets them; in `every_look` and `journeys`, as a real one does.

mod audit;
mod every_look;
mod every_page;
mod exhibits;
mod journeys;
mod look_up;
mod people;
mod pictures;
mod records;
mod requests;
mod scope;
mod sessions;
mod whence;
