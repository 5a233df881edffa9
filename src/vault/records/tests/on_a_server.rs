//! A whole vault whose tables a server has answers as one with a file.

use serde_json::Value;

use super::fixture::{Fixture, sent};
use crate::policy::actions;
use crate::vault::plaintext::{AskedNumbers, RawText};
use crate::vault::store::address_of_server;
use crate::vault::{Caller, Price, Refusal, Settings, trail};

fn look_up(fixture: &Fixture, caller: &Caller, numbers: &[&str]) -> Result<Value, Refusal> {
    let texts = numbers.iter().map(|text| RawText::new((*text).to_owned()));
    let numbers = AskedNumbers::read(&texts.collect::<Vec<_>>(), None);
    let price = Some(Price::of_numbers(numbers.distinct()));
    fixture.ask_for::<actions::LookUp, _>(caller, price, move |scope| scope.look_up(&numbers))
}

fn without_tokens(mut answer: Value) -> Value {
    for result in answer[0].as_array_mut().unwrap() {
        result.as_object_mut().unwrap().remove("subject");
    }
    answer
}

#[test]
fn a_vault_with_a_server_answers_as_one_with_a_file_and_its_log_verifies() {
    let Some(address) = address_of_server() else {
        return;
    };
    let numbers = [
        "+447700900001",
        "+447700900002",
        "+447700900005",
        "+447700900099",
    ];
    let answers = [Some(address), None].map(|server| {
        let mut fixture = Fixture::at(Settings::default(), server);
        fixture.admit(&[
            sent(1, "acme", 0),
            sent(1, "acme", 60),
            sent(2, "umbrella", 90),
        ]);
        fixture.admit(&[sent(5, "acme", 120)]);
        let by_lead = look_up(&fixture, &fixture.lead, &numbers).unwrap();
        let by_liaison = look_up(&fixture, &fixture.liaison, &numbers).unwrap();
        assert_eq!(fixture.vault.health().damage(), None);
        fixture.vault.check_details().unwrap();
        fixture.vault.stop().unwrap();
        let verdict = trail::verify_directory(fixture.vault.paths(), None, &[]).unwrap();
        // Tokens are of the case's own keys.
        (
            without_tokens(by_lead),
            without_tokens(by_liaison),
            verdict.size,
        )
    });
    let [of_server, of_file] = answers;
    assert_eq!(of_server, of_file);
}
