//! The pages, as a browser without a script meets them; in `every_look` and `journeys`, as a real one does.

mod attacks;
mod audit;
mod every_look;
mod every_page;
mod exhibits;
mod journeys;
mod look_up;
mod people;
mod records;
mod requests;
mod sessions;
mod whence;
