//! The page of a sealed vault, with a script that compares fingerprints before a share is sent.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::waiting::Progress;

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");

pub(super) fn page(progress: &Progress) -> Response {
    // What is put in has digits, letters and hyphens only.
    let given = progress.given.len();
    let far = match (progress.state, progress.needed) {
        ("opening", _) => "There were enough shares: the vault is opening.".to_owned(),
        (_, Some(needed)) => format!("{given} of {needed} shares have been given."),
        (_, None) => "No share has been given yet.".to_owned(),
    };
    let page = PAGE
        .replace("{{fingerprint}}", &progress.fingerprint)
        .replace("{{progress}}", &far);
    let media_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::SERVICE_UNAVAILABLE, media_type, page).into_response()
}

pub(super) fn script() -> Response {
    let media_type = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (StatusCode::OK, media_type, SCRIPT).into_response()
}
