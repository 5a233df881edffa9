//! Files of several countries: their column of countries is read, or nothing is read as of one country.

use super::support::{Outcome, error, read};
use crate::domain::Field;
use crate::ingest::{ColumnMapping, Declared, IngestError, Mapping};

/// British and Mexican numbers as they are written at home, with the country in a column of this name.
fn log(name: &str, countries: [&str; 2]) -> Vec<u8> {
    let [one, other] = countries;
    format!(
        "Customer;Recipient;{name};Region;Network;Sent;Body\n\
         DA1;07700 900006;{one};EMEA;One;2024-03-10T11:00:00Z;Your code\n\
         DA1;55 5000 0008;{other};LATAM;Two;2024-03-10T11:00:01Z;Your code\n"
    )
    .into_bytes()
}

/// With a region, and with columns that are said to be dropped.
fn in_region(drop: &[&str]) -> Declared {
    Declared {
        region: "GB".parse().ok(),
        drop: drop.iter().map(|name| (*name).to_owned()).collect(),
        ..Declared::default()
    }
}

fn countries(read: &Outcome) -> [&str; 2] {
    [0, 1].map(|row| read.rows[row][4].as_str())
}

#[test]
fn a_column_that_is_called_and_looks_like_countries_is_read() {
    for name in ["Ctry", "Country Name", "ISO Country", "cntry", "iso2"] {
        for cells in [["GBR", "MEX"], ["GB", "MX"], ["United Kingdom", "Mexico"]] {
            let found = read(log(name, cells), in_region(&[])).unwrap();
            assert_eq!(countries(&found), ["GB", "MX"], "{name}");
            assert_eq!(found.dropped, ["Region", "Body"]);
        }
    }
}

#[test]
fn what_may_be_a_column_of_countries_is_not_passed_over_where_a_region_is_declared() {
    // The cells say it without the name, or the name without the cells.
    for (name, cells) in [
        ("X7", ["GBR", "MEX"]),
        ("Country Dial", ["GB", "MX"]),
        ("Ctry", ["Untied Kingdom", "MX"]),
        ("X7", ["+44", "+52"]),
        ("cc", ["44", "52"]),
        ("code", ["44", "52"]),
        ("Zone", ["UK Mobile", "Mexico - Telcel"]),
    ] {
        let refused = error(read(log(name, cells), in_region(&[])));
        assert!(
            matches!(refused, IngestError::CountryColumn { .. }),
            "{refused}"
        );
        let said = refused.to_string();
        assert!(said.contains(&format!("map=country={name}")), "{said}");
        assert!(said.contains(&format!("drop={name}")), "{said}");
        // Without a region no number is read as of a country that nobody named.
        assert_eq!(
            countries(&read(log(name, cells), Declared::default()).unwrap()),
            ["", ""]
        );
        let dropped = read(log(name, cells), in_region(&[name])).unwrap();
        assert_eq!(countries(&dropped), ["", ""]);
    }
    let mapped = Declared {
        columns: vec![ColumnMapping::new(Field::Country, "X7").unwrap()],
        ..in_region(&[])
    };
    let found = read(log("X7", ["GBR", "MEX"]), mapped).unwrap();
    assert_eq!(countries(&found), ["GB", "MX"]);
}

#[test]
fn codes_are_read_as_countries_where_the_name_of_the_column_says_what_they_are() {
    for (name, cells) in [
        ("Ctry", ["+44", "+52"]),
        ("Dial code", ["44", "52"]),
        ("Landesvorwahl", ["0044", "0052"]),
        ("ISO numeric", ["826", "484"]),
        ("MCC", ["234", "334"]),
        ("mcc_mnc", ["23415", "334020"]),
    ] {
        for declared in [in_region(&[]), Declared::default()] {
            let found = read(log(name, cells), declared).unwrap();
            assert_eq!(countries(&found), ["GB", "MX"], "{name}");
        }
    }
    // A column with the names is read, and the codes beside it are not.
    let both = log("Ctry;MCC", ["GB;234", "MX;334"]);
    let found = read(both, in_region(&[])).unwrap();
    assert_eq!(countries(&found), ["GB", "MX"]);
    assert_eq!(found.dropped, ["MCC", "Region", "Body"]);
}

#[test]
fn a_file_of_one_country_whose_column_says_another_than_the_region_is_not_of_the_region() {
    for (name, cell) in [("MCC", "334"), ("Dial code", "52"), ("Ctry", "Mexico")] {
        let found = read(log(name, [cell, cell]), in_region(&[])).unwrap();
        let [_, second] = countries(&found);
        assert_eq!(second, "MX", "{name}");
    }
}

/// Twilio's records with what is behind them, in CSV or as lines of JSON.
fn twilio(name: &str, countries: [&str; 2], json: bool) -> Vec<u8> {
    let rows = [
        ("07700 900006", countries[0]),
        ("55 5000 0008", countries[1]),
    ];
    let row = |at: usize| {
        let (number, country) = rows[at];
        let [sid, account] = [format!("SM{at:032}"), format!("AC{:032}", 7)];
        let day = format!("2024-03-10T11:00:0{at}Z");
        match json {
            true => format!(
                "{{\"sid\":\"{sid}\",\"account_sid\":\"{account}\",\"to\":\"{number}\",\
                 \"date_sent\":\"{day}\",{}}}\n",
                name.replace("{}", country)
            ),
            false => format!("{account},{sid},{number},+14155550177,{day},{country}\n"),
        }
    };
    let head = match json {
        true => String::new(),
        false => format!("AccountSid,Sid,To,From,SentDate,{name}\n"),
    };
    [head, row(0), row(1)].concat().into_bytes()
}

#[test]
fn a_column_of_countries_is_read_in_the_named_formats_too() {
    for (name, json) in [
        ("Country", false),
        ("Country code", false),
        ("\"country\":\"{}\"", true),
        ("\"to_country\":\"{}\"", true),
        ("\"recipient\":{\"country_code\":\"{}\"}", true),
    ] {
        for cells in [["GB", "MX"], ["GB", "GB"]] {
            let found = read(twilio(name, cells, json), in_region(&[])).unwrap();
            assert_eq!(countries(&found), cells, "{name}");
            assert!(
                found.evidence.contains("ountry"),
                "{name}: {}",
                found.evidence
            );
        }
    }
    // The country of a bill is not that of the number.
    let billed = "\"billing\":{\"country\":\"{}\"}";
    let refused = error(read(twilio(billed, ["GB", "MX"], true), in_region(&[])));
    assert_eq!(refused.kind(), "country-column");
    let drop = in_region(&["billing.country"]);
    let found = read(twilio(billed, ["GB", "MX"], true), drop).unwrap();
    assert_eq!(countries(&found), ["", ""]);
}

#[test]
fn a_mapping_that_names_one_country_is_no_better() {
    let mapping =
        "container = \"csv\"\n[number]\ncolumn = \"Recipient\"\n[sent_at]\ncolumn = \"Sent\"\n";
    let mapped = |text: &str| Declared {
        mapping: Some(Mapping::parse(text).unwrap()),
        ..Declared::default()
    };
    let file = || log("Ctry", ["GBR", "MEX"]);
    assert!(read(file(), mapped(mapping)).is_ok());
    let one = format!("{mapping}[country]\nvalue = \"GB\"\n");
    assert_eq!(error(read(file(), mapped(&one))).kind(), "country-column");
    let read_as = format!("{mapping}[country]\ncolumn = \"Ctry\"\n");
    let found = read(file(), mapped(&read_as)).unwrap();
    assert_eq!(countries(&found), ["GB", "MX"]);
    // In JSON too.
    let json = "{\"n\": \"07700 900006\", \"at\": \"2024-03-10T11:00:00Z\", \"to\": {\"ctry\": \"GBR\"}}\n\
        {\"n\": \"55 5000 0008\", \"at\": \"2024-03-10T11:00:01Z\", \"to\": {\"ctry\": \"MEX\"}}\n";
    let text = "container = \"ndjson\"\n[number]\ncolumn = \"n\"\n[sent_at]\ncolumn = \"at\"\n";
    let region = Declared {
        region: "GB".parse().ok(),
        ..mapped(text)
    };
    let refused = error(read(json.into(), region.clone()));
    assert!(
        refused.to_string().contains("map=country=to.ctry"),
        "{refused}"
    );
    let dropped = Declared {
        drop: vec!["to.ctry".to_owned()],
        ..region
    };
    assert_eq!(read(json.into(), dropped).unwrap().rows.len(), 2);
}

#[test]
fn a_column_that_is_dropped_must_be_there() {
    let refused = error(read(log("Ctry", ["GB", "MX"]), in_region(&["Land"])));
    let said = refused.to_string();
    assert!(
        said.starts_with(
            "drop: the file has no column of the name \"Land\" (its columns: Customer, "
        ),
        "{said}"
    );
}

#[test]
fn a_column_without_a_name_is_called_as_the_report_calls_it() {
    let text = "account,number,sent_at,2024-03-10\nDA1,+13035550140,2024-03-10T11:00:00Z,voice\n";
    let found = read(text.into(), Declared::default()).unwrap();
    assert_eq!(found.dropped, ["column 4"]);
    let mapped = Declared {
        columns: vec![ColumnMapping::new(Field::Kind, "column 4").unwrap()],
        ..Declared::default()
    };
    assert_eq!(read(text.into(), mapped).unwrap().rows[0][7], "voice");
}

#[test]
fn a_mapping_without_a_kind_is_of_text_messages() {
    let text = "container = \"csv\"\n[number]\ncolumn = \"n\"\n[sent_at]\ncolumn = \"at\"\n";
    let kind = |mapping: &str| {
        let declared = Declared {
            mapping: Some(Mapping::parse(mapping).unwrap()),
            ..Declared::default()
        };
        let file = "n,at,kind\n+13035550140,2024-03-10T11:00:00Z,\n";
        read(file.into(), declared).unwrap().rows[0][7].clone()
    };
    assert_eq!(kind(text), "sms");
    assert_eq!(kind(&format!("{text}[kind]\ncolumn = \"kind\"\n")), "");
    assert_eq!(kind(&format!("{text}[kind]\nvalue = \"voice\"\n")), "voice");
}

#[test]
fn a_header_of_very_many_columns_is_not_repeated_in_full() {
    let many: Vec<String> = (0..140_000).map(|_| "word".to_owned()).collect();
    let names = many.join(",");
    let refused = error(read(
        format!("{names}\n{names}\n").into_bytes(),
        Declared::default(),
    ));
    let said = refused.to_string();
    assert!(
        said.len() < 2000 && said.contains("more"),
        "{} bytes",
        said.len()
    );
    let head = format!("account,number,sent_at,{names}\nDA1,+13035550140,2024-03-10T11:00:00Z");
    let file = format!("{head}{}\n", ",".repeat(140_000));
    let found = read(file.into_bytes(), Declared::default()).unwrap();
    assert_eq!(found.dropped.len(), 257);
    assert_eq!(found.dropped[256], "(and 139744 more columns)");
}

#[test]
fn a_file_without_line_ends_is_one() {
    let row = "DA1,+13035550140,2024-03-10T11:00:00Z";
    for header in [
        "account,number,sent_at",
        "one,two,three",
        "account,when,sent_at",
    ] {
        let lines = [header, row, row, row, row].join("");
        let refused = error(read(lines.into_bytes(), Declared::default()));
        assert_eq!(refused, IngestError::OneLine, "{header}");
    }
    let header = format!("account,number,sent_at,{}", "word,".repeat(40));
    assert_eq!(
        error(read(header.into_bytes(), Declared::default())),
        IngestError::Empty
    );
}

#[test]
fn a_second_column_that_says_another_country_is_no_doubt_that_is_passed_over() {
    let text = |header: &str, rows: [&str; 2]| {
        let [one, other] = rows;
        format!(
            "account,{header},number,sent_at\nA,{one},2024-03-10T11:00:00Z\nA,{other},2024-03-10T11:00:01Z\n"
        )
    };
    for (header, other) in [
        ("country,dial code", "US,44,7912323461"),
        ("country,Zone", "US,UK Mobile,7912323461"),
        ("country,MCC", "US,234,7912323461"),
    ] {
        let first = match header {
            "country,Zone" => "US,US Landline,2025550123",
            _ => "US,,2025550123",
        };
        let rows = [first, other];
        for declared in [Declared::default(), in_us()] {
            let refused = error(read(text(header, rows).into_bytes(), declared));
            assert_eq!(refused.kind(), "two-columns", "{header}");
        }
        // With a plus it does not matter.
        let rows = [first, &other.replace(",7", ",+447")];
        assert!(read(text(header, rows).into_bytes(), in_us()).is_ok());
    }
    // Nothing in the one, and another country than the declared one in the other.
    let rows = ["US,1,2025550123", ",44,7912323461"];
    let refused = error(read(text("country,dial code", rows).into_bytes(), in_us()));
    assert_eq!(refused.kind(), "two-columns");
    let same = ["US,1,2025550123", "GB,44,7912323461"];
    assert!(
        read(
            text("country,dial code", same).into_bytes(),
            Declared::default()
        )
        .is_ok()
    );
}

#[test]
fn where_all_numbers_have_a_plus_a_column_in_doubt_costs_the_region_and_not_the_file() {
    let row = |country: &str, number: &str| format!("A,{country},{number},2024-03-10T11:00:00Z\n");
    let head = "account,X7,number,sent_at\n";
    let plus = [row("US", "+12025550123"), row("GB", "+447912323461")].concat();
    let found = read(format!("{head}{plus}").into_bytes(), in_us()).unwrap();
    assert_eq!(found.rows.len(), 2);
    let late = (0..1100).map(|_| plus.as_str()).collect::<String>() + &row("GB", "7912323461");
    // The last one has no plus, and there is no region that makes an American of it.
    let found = read(format!("{head}{late}").into_bytes(), in_us()).unwrap();
    assert_eq!(found.rows.len(), 2201);
}

fn in_us() -> Declared {
    Declared {
        region: "US".parse().ok(),
        ..Declared::default()
    }
}
