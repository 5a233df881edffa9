//! A view as a command: the request of the API that gives the same answer, for curl. The token is never in it.

use super::form::Field;
use super::visit::{Visit, escaped};

/// The command for a method and a path of the API, such as `POST /cases/{case}/scope`. What was typed becomes the query
/// of a `GET` and the body of anything else.
pub fn curl(asks: &str, fields: &[Field], given: &[(&str, &str)], visit: &Visit) -> Option<String> {
    let (method, path) = asks.split_once(' ')?;
    let path = match visit.case() {
        Some(case) => path.replace("{case}", &case),
        None => path.to_owned(),
    };
    let token = "curl -sS -H \"Authorization: Bearer $TOKEN\"";
    if method != "GET" {
        let json = visit.form.to_json(fields, given);
        let json = std::str::from_utf8(&json).ok()?.replace('\'', "'\\''");
        let media = "-H 'Content-Type: application/json'";
        return Some(format!(
            "{token} {media} \\\n  --data '{json}' \"$VAULT/api/v1{path}\""
        ));
    }
    let mut address = path;
    let kept = visit.form.kept(fields).into_iter();
    for (at, (name, value)) in kept.enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&format!("{}={}", escaped(&name), escaped(&value)));
    }
    Some(format!("{token} \"$VAULT/api/v1{address}\""))
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;
    use crate::console::{Form, Sitting, Zone};
    use crate::domain::Moment;
    use crate::operations::Ids;

    #[test]
    fn a_view_is_a_command_without_a_token_that_a_shell_reads_as_it_is_meant() {
        let visit = Visit {
            path: "/console/audit".to_owned(),
            query: String::new(),
            incomplete: false,
            ids: Ids::default(),
            form: Form::parse(b"reason=it%27s+asked&country=U%22S&done=3").unwrap(),
            person: None,
            rights: Default::default(),
            sitting: Sitting::default(),
            zone: Zone::default(),
            now: Moment::from_seconds(0),
            leaf: OnceLock::new(),
            curl: None,
        };
        let fields = [Field::Text("reason"), Field::Each("country")];
        let asked = curl("POST /audit/leaves/search", &fields, &[], &visit).unwrap();
        assert_eq!(
            asked,
            "curl -sS -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n  \
             --data '{\"reason\":\"it'\\''s asked\",\"country\":[\"U\\\"S\"]}' \"$VAULT/api/v1/audit/leaves/search\""
        );
        let asked = curl("GET /cases", &[Field::Each("country")], &[], &visit).unwrap();
        assert_eq!(
            asked,
            "curl -sS -H \"Authorization: Bearer $TOKEN\" \"$VAULT/api/v1/cases?country=U%22S\""
        );
    }
}
