// A program that keeps to the door compiles: the others fail for their own reasons.
use breachvault::domain::CaseId;
use breachvault::operations::case::ReadCase;
use breachvault::vault::plaintext::{Disclosed, Phone, RawText};
use breachvault::vault::{Caller, Receipt, Refusal, Reply, Vault};

fn read(vault: &Vault, caller: &Caller, case: CaseId) -> Result<Reply, Refusal> {
    vault.perform(caller, ReadCase(case))
}

fn parse(text: &RawText) -> Option<Phone> {
    Phone::parse(text, None).ok().map(|parsed| parsed.phone)
}

fn show(number: &Disclosed, receipt: &Receipt) -> usize {
    number.expose(receipt).len()
}

fn main() {}
