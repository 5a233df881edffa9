//! The routes and pages that every kind of request has: where it is asked for, its list, one of them, its decision.

use http::{Method, StatusCode};

use super::mount::Routes;
use super::pages;
use crate::console::request::{DecidePage, EachKind, Kind, ListPage, ReadPage, each_kind};
use crate::operations::two_person::{Ask, AskedAt, Decide, List, Read};

/// The query of a list of requests.
const OF_STATE: &[&str] = &["state?", "limit?", "after?"];

impl Routes {
    /// Mounts those of every kind.
    pub(super) fn requests(self) -> Self {
        each_kind(self)
    }
}

impl EachKind for Routes {
    fn kind<K: Kind>(self) -> Self {
        let (one, many) = (K::WORDS.one, K::WORDS.many);
        let all = format!("/cases/{{case}}/{many}");
        let ask = |routes: Self, path: &str| {
            routes.mount::<Ask<K>>(Method::POST, path, StatusCode::CREATED)
        };
        let routes = match K::ASKED_AT {
            AskedAt::Case => ask(self, &all),
            AskedAt::Exhibit => ask(self, &format!("/cases/{{case}}/exhibits/{{exhibit}}/{one}")),
            AskedAt::OtherAct => self,
        };
        let one = format!("/{many}/{{{one}}}");
        let page = |path: &str| format!("{}{path}", pages::PREFIX);
        routes
            .mount_list::<List<K>>(&all, OF_STATE)
            .mount::<Read<K>>(Method::GET, &one, StatusCode::OK)
            .mount_signed::<Decide<K>>(Method::POST, &format!("{one}/decision"), StatusCode::OK)
            .page::<ListPage<K>>(&page(&all), Method::GET)
            .page::<ReadPage<K>>(&page(&one), Method::GET)
            .signed_page::<DecidePage<K>>(&page(&one), Method::POST)
    }
}
