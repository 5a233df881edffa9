//! What a member of a request is called at the command line.

/// The option of a member, or what it is where it is no option: `filter.country[0]` is `--country`.
pub(crate) fn typed(at: &str) -> String {
    let name = at.rsplit('.').next().unwrap_or(at);
    let name = name.split('[').next().unwrap_or(name);
    // Names of headers have capitals.
    let name = name.to_ascii_lowercase();
    let spelt = match name.as_str() {
        "numbers" => "the list of numbers",
        "subjects" => "TOKEN",
        "recipients" => "--recipient",
        "filter" => "the options that choose records",
        "decision" => "DECISION",
        "profile" => "CONTENTS",
        "operator" => "OPERATOR",
        "name" => "NAME",
        "exhibit" => "EXHIBIT",
        "exhibit-name" => "--name",
        "exhibit-source" => "--source",
        "exhibit-mapping" => "--mapping",
        "share" => "the share",
        "enrolment" => "the invitation",
        "password" => "the password",
        "old_password" => "the password",
        "new_password" => "the new password",
        "totp" => "the code",
        "cursor" | "after" => "where the list goes on",
        "part" => "the part of the list",
        "body" | "query" | "upload" | "file" | "form" | "of" => "the request",
        _ => "",
    };
    match spelt {
        "" => format!("--{}", name.replace('_', "-")),
        spelt => spelt.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn a_member_is_called_as_it_was_typed() {
        for (at, told) in [
            ("reason", "--reason"),
            ("filter.country[3]", "--country"),
            ("filter.area_state[0]", "--area-state"),
            ("legal_basis", "--legal-basis"),
            ("recipients[1]", "--recipient"),
            ("filter", "the options that choose records"),
            ("filter.account", "--account"),
            ("subjects[0]", "TOKEN"),
            ("exhibit-source", "--source"),
            ("Exhibit-Name", "--name"),
        ] {
            assert_eq!(typed(at), told, "{at}");
        }
    }
}
