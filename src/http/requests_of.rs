//! The routes and pages that every kind of request has: its list, one of them, its decision.

use http::{Method, StatusCode};

use super::mount::Routes;
use super::pages;
use crate::console::request::{DecidePage, Kind, ListPage, ReadPage};
use crate::operations::two_person::{Decide, List, Read};

/// The query of a list of requests.
const OF_STATE: &[&str] = &["state?", "limit?", "after?"];

impl Routes {
    /// Mounts those of one kind. Where it is asked for is its own.
    pub(super) fn requests_of<K: Kind>(self) -> Self {
        let (one, many) = (K::WORDS.one, K::WORDS.many);
        let all = format!("/cases/{{case}}/{many}");
        let one = format!("/{many}/{{{one}}}");
        let page = |path: &str| format!("{}{path}", pages::PREFIX);
        self.mount_list::<List<K>>(&all, OF_STATE)
            .mount::<Read<K>>(Method::GET, &one, StatusCode::OK)
            .mount_signed::<Decide<K>>(Method::POST, &format!("{one}/decision"), StatusCode::OK)
            .page::<ListPage<K>>(&page(&all), Method::GET)
            .page::<ReadPage<K>>(&page(&one), Method::GET)
            .signed_page::<DecidePage<K>>(&page(&one), Method::POST)
    }
}
