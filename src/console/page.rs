//! What a page is.

use zeroize::Zeroizing;

use super::form::{Field, Form};
use super::html::Html;
use super::refused::Refused;
use super::visit::Visit;
use crate::operations::Request;
use crate::vault::{Answer, Operation, OperationError};

/// A page: one operation, and how its view is shown. The view exists only under the receipt of the operation's leaf.
pub trait Page: 'static {
    /// The operation; its input is made of the form or the address, and read as the API reads it.
    type Operation: Request;
    /// The fields that become its input.
    const FIELDS: &'static [Field] = &[];
    /// The fields that a form still has after an error, an expired session or a detour.
    const KEPT: &'static [Field] = Self::FIELDS;

    /// The request of the API that asks the same, such as `POST /cases/{case}/scope`, where its path is not the page's.
    const ASKS: Option<&'static str> = None;

    /// What stands for fields that are not in the form: their names and values.
    fn usual(_: &Form) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    /// What is wrong with the form by itself, beside the rules of the operation: the field and the rule.
    fn wrong(_: &Form) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Shows the view.
    ///
    /// # Errors
    ///
    /// `Internal` if a value of it cannot be written.
    fn show(view: ViewOf<Self>, visit: &Visit) -> Result<Shown, OperationError>;

    /// The address of the form, for somebody who has to sign in before it can be sent again.
    fn form_at(visit: &Visit) -> String {
        visit.path.clone()
    }

    /// What the page says all the same where the refusal itself is what it is about; `None` shows the refusal.
    fn instead(_: &Visit, _: &Refused) -> Option<Result<Html, OperationError>> {
        None
    }

    /// The form once more, with what is wrong. It is for refusals that the person can mend; `None` shows the refusal
    /// alone.
    fn again(_: &Visit, _: &Refused) -> Option<Result<Html, OperationError>> {
        None
    }
}

/// The view of a page's operation.
pub type ViewOf<P> = <<<P as Page>::Operation as Operation>::Answer as Answer>::View;

/// What a browser gets.
pub enum Shown {
    /// A page.
    Page(Html),
    /// A page of something under way, and in how many seconds the browser asks for it again, without a script too.
    Moving(Html, i64),
    /// The address of the next page, after something was done.
    Next(String),
    /// The same, and the session is over.
    Left(String),
    /// A file to keep.
    File {
        /// Its media type.
        media: &'static str,
        /// Its name.
        name: &'static str,
        /// Its bytes.
        bytes: Zeroizing<Vec<u8>>,
    },
}

impl Shown {
    /// Renders a template.
    ///
    /// # Errors
    ///
    /// `Internal` if a value of it cannot be written.
    pub fn page(template: &impl askama::Template) -> Result<Self, OperationError> {
        Html::of(template).map(Self::Page)
    }
}
