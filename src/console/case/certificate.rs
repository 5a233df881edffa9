//! `GET /console/cases/{case}/certificate`: what was destroyed, as a sheet to print; and the signed note as a file.

use askama::Template;
use zeroize::Zeroizing;

use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::destruction::{ReadCertificate, ReadCertificateText};
use crate::vault::scope::CertificateView;
use crate::vault::{Body, OperationError, Wire};

/// The certificate of a destruction.
pub struct CertificatePage;

/// Its signed note.
pub struct CertificateFile;

#[derive(Template)]
#[template(path = "case/certificate.html")]
struct Shows<'a> {
    visit: &'a Visit,
    view: CertificateView,
}

impl Page for CertificatePage {
    type Operation = ReadCertificate;

    fn show(view: CertificateView, visit: &Visit) -> Result<Shown, OperationError> {
        let signed = view.note.is_some();
        let page = Html::of(&Shows { visit, view })?;
        Ok(match signed {
            true => Shown::Page(page),
            false => Shown::Moving(page, 2),
        })
    }
}

impl Page for CertificateFile {
    type Operation = ReadCertificateText;

    fn show(note: Wire, _: &Visit) -> Result<Shown, OperationError> {
        let bytes = match note.into_body() {
            Body::Bytes(bytes) => bytes,
            Body::File(_) => Zeroizing::new(Vec::new()),
        };
        Ok(Shown::File {
            media: "text/plain; charset=utf-8",
            name: "certificate-of-destruction.txt",
            bytes,
        })
    }
}
