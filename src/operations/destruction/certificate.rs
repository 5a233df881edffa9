//! `GET /cases/{case}/certificate`: what was destroyed, signed; as JSON, or the signed note as text.

use super::docs;
use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{CertificateView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// Reads the certificate of a destroyed case.
pub struct ReadCertificate(CaseId);

/// Reads the signed note of the certificate alone.
pub struct ReadCertificateText(CaseId);

/// The note of a certificate.
pub struct CertificateText(String);

impl Answer for CertificateText {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(Wire::text(&self.0))
    }
}

impl Operation for ReadCertificate {
    type Action = actions::ReadCertificate;
    type Answer = CertificateView;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CertificateView, OperationError> {
        scope.read_certificate()
    }
}

impl Operation for ReadCertificateText {
    type Action = actions::ReadCertificate;
    type Answer = CertificateText;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CertificateText, OperationError> {
        let note = scope.read_certificate()?.note;
        note.map(CertificateText).ok_or(OperationError::NotFound)
    }
}

impl Request for ReadCertificate {
    type Input = Empty;
    const DOCS: Docs = docs::CERTIFICATE;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        ids.case().map(Self)
    }
}

impl Request for ReadCertificateText {
    type Input = Empty;
    const DOCS: Docs = docs::CERTIFICATE;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        ids.case().map(Self)
    }
}
