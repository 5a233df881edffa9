//! The pages, one on each line.

use http::Method;

use super::super::mount::Routes;
use super::{open, plain};
use crate::console::case::{CasePage, CasesPage, NewCase, OpenCasePage};
use crate::console::record::{LookUpForm, LookUpPage};
use crate::console::session::{Home, SignOut};

#[rustfmt::skip]
pub(in crate::http) fn mount(routes: Routes) -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    routes
        .open_page("/console/style.css",             get.clone(),  plain::style)
        .open_page("/console/script.js",             get.clone(),  plain::script)
        .open_page("/console/sign-in",               get.clone(),  open::sign_in_page)
        .open_page("/console/sign-in",               post.clone(), open::sign_in)
        .open_page("/console/invitation",            get.clone(),  open::invitation_page)
        .open_page("/console/invitation",            post.clone(), open::invitation)
        .open_page("/console/second-factor",         get.clone(),  open::second_factor_page)
        .open_page("/console/second-factor",         post.clone(), open::second_factor)
        .open_page("/console/zone",                  post.clone(), open::zone)
        .page::<Home>          ("/console",                        get.clone())
        .page::<SignOut>       ("/console/sign-out",               post.clone())

        .page::<CasesPage>     ("/console/cases",                  get.clone())
        .page::<NewCase>       ("/console/cases/new",              get.clone())
        .page::<OpenCasePage>  ("/console/cases/new",              post.clone())
        .page::<CasePage>      ("/console/cases/{case}",           get.clone())

        .page::<LookUpForm>    ("/console/cases/{case}/lookup",    get)
        .page::<LookUpPage>    ("/console/cases/{case}/lookup",    post)
}
