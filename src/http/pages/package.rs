//! `POST …/package`: hands a package out to a browser. It is a form, because it has its leaves.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;

use super::super::ProblemKind;
use super::super::app::{App, blocking};
use super::super::authenticate::{address, authenticate_as, stranger};
use super::super::body;
use super::super::problem::Problem;
use super::super::run::{Named, Take, hand_out};
use super::super::said;
use super::page::{has_token, needs_session, sign_in_first};
use super::{arrival, cookie, respond, visit};
use crate::console::{Form, Html, RefusedPage, Visit};
use crate::policy::{ActionKind, actions};
use crate::vault::{OperationError, Target};

pub(in crate::http) async fn package<I: 'static>(
    app: Arc<App>,
    request: Request,
    named: Named<I>,
    take: Take<I>,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut visit = visit::begin(&app, &mut parts).await;
    let handed_out = async {
        if !arrival::is_own(&parts) {
            let problem = Problem::new(ProblemKind::CrossSite);
            return Err(stranger(&app, address(&parts), problem));
        }
        let token = cookie::session(&parts.headers).map(|(token, _)| token);
        let caller = authenticate_as(&app, &parts, token).await?;
        visit.rights = visit::rights(&app, &caller, &visit, Ok(Target::Vault)).await;
        let sent = body::read(&app.limits, &parts, body, body::FORM).await;
        let form = sent.ok().and_then(|bytes| Form::parse(&bytes));
        visit.form = form.unwrap_or_default();
        if !has_token(&visit) {
            let error = OperationError::invalid("body", ProblemKind::CrossSite.name());
            let vault = Arc::clone(&app.vault);
            let turned = blocking(move || {
                vault.turn_away::<actions::TakePackage>(&caller, Target::Vault, error)
            });
            let leaf = Problem::from(turned.await?).leaf;
            let problem = Problem::new(ProblemKind::CrossSite);
            return Err(leaf.into_iter().fold(problem, Problem::with_leaf));
        }
        let caller = caller.saying(said::of_text(visit.form.text("passkey")));
        hand_out(&app, caller, visit.ids.clone(), None, Ok(()), named, take).await
    };
    let handed_out = handed_out.await;
    match handed_out {
        Ok(response) => response,
        Err(problem) if needs_session(&problem) => {
            let form_at = visit.path.trim_end_matches("/package");
            sign_in_first(&app, &parts, &problem, &visit, form_at, &[])
        }
        Err(problem) => refuse(&problem, &visit),
    }
}

fn refuse(problem: &Problem, visit: &Visit) -> Response {
    let refused = respond::told(problem, Some(ActionKind::TakePackage));
    let page = Html::of(&RefusedPage {
        visit,
        refused: &refused,
    });
    respond::refusal(problem, page, visit)
}
