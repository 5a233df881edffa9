//! Pages of the console over HTTPS, one after the other on one connection, the leaf of each durable before it is sent.
//! docs/benchmarks.md says what each figure means.
//!
//!     cargo bench --bench pages -- --rows 5000000 --runs 25
//!     cargo bench --bench pages -- --cases 10000

#![expect(
    dead_code,
    unreachable_pub,
    reason = "a module that the benchmarks share, none of which uses all of it"
)]

#[path = "../support/mod.rs"]
mod support;

use std::time::Instant;

use breachvault::operations::record::LookUp;
use breachvault::synthesis::sample_numbers;
use serde_json::json;
use support::https::{Client, Served};
use support::{House, PASSWORD, Res, Words, grouped, member, table};

/// A page, its address in the case, and the p50 that it is to have, in ms.
struct Page {
    name: &'static str,
    path: String,
    goal: u32,
}

fn main() -> Res<()> {
    let words = Words::new();
    let rows = words.number("--rows", 1_000_000)?;
    let runs = usize::try_from(words.number("--runs", 25)?.max(1))?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = tempfile::Builder::new().prefix("pages-").tempdir()?;
    let csv = directory.path().join("log.csv");
    support::make_csv(&csv, rows)?;
    let house = House::found(&directory.path().join("vault"))?;
    house.admit(&csv)?;
    // What others have in the vault; whoever asks here is in one case.
    house.open_cases(words.number("--cases", 0)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    println!("{} rows, {runs} times each, one client\n", grouped(rows));
    runtime.block_on(measure(&house, rows, runs))
}

async fn measure(house: &House, rows: u64, runs: usize) -> Res<()> {
    let served = Served::start(house, 64).await?;
    let mut client = Client::new(served.address, &served.tls).await?;
    let cookie = sign_in(&mut client).await?;
    give_reason(&mut client, &cookie).await?;
    let mut figures = Vec::new();
    for page in pages(house, rows)? {
        let request = get(&page.path, &cookie);
        let mut bytes = client.send(&request).await?.len();
        let mut taken = Vec::with_capacity(runs);
        for _ in 0..runs {
            let begun = Instant::now();
            bytes = client.send(&request).await?.len();
            taken.push(begun.elapsed().as_micros() as f64 / 1e3);
        }
        taken.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let place = ((taken.len() - 1) as f64 * share).round() as usize;
            taken.get(place).copied().unwrap_or_default()
        };
        figures.push(vec![
            page.name.to_owned(),
            format!("{:.1}", at(0.5)),
            format!("{:.1}", at(0.95)),
            page.goal.to_string(),
            if at(0.5) <= f64::from(page.goal) {
                "yes"
            } else {
                "no"
            }
            .to_owned(),
            format!("{:.1}", bytes as f64 / 1e3),
        ]);
    }
    let headings = ["page", "p50 ms", "p95 ms", "goal ms", "reached", "kB"];
    table(&headings, &figures);
    served.stop().await
}

fn pages(house: &House, rows: u64) -> Res<Vec<Page>> {
    let number = sample_numbers(&support::recipe(rows), 1);
    let number = number.first().ok_or("a log without numbers")?;
    let found = house.ask::<LookUp>(json!({
        "numbers": [number], "purpose": "victim-inquiry", "reason": "to be measured",
    }))?;
    let subject = member(&found["results"][0], "subject")?;
    let case = format!("/console/cases/{}", house.case.as_str());
    let page = |name, path: &str, goal| Page {
        name,
        path: path.to_owned(),
        goal,
    };
    let in_case = |name, rest: &str, goal| Page {
        name,
        path: format!("{case}{rest}"),
        goal,
    };
    Ok(vec![
        page("inbox", "/console", LIST),
        page("cases", "/console/cases", LIST),
        in_case("overview", "", LIST),
        in_case("exhibits", "/exhibits", LIST),
        in_case("requests: reveals", "/reveals", LIST),
        in_case("records: first page of 100", "/records", LIST),
        in_case(
            "records: of one country and kind",
            "/records?country=US&kind=sms",
            LIST,
        ),
        in_case(
            "timeline of one person",
            &format!("/timeline?subject={subject}"),
            LIST,
        ),
        in_case("scope: one table, by country", "/scope?by=country", CHARTS),
        in_case("scope: all charts", "/scope", CHARTS),
        in_case(
            "scope: all charts, of one country",
            "/scope?country=US",
            CHARTS,
        ),
        in_case(
            "scope: all charts, of one day",
            &format!("/scope?{DAY}"),
            CHARTS,
        ),
    ])
}

/// The cookie of a session of the pages: the API's tokens do not open them.
async fn sign_in(client: &mut Client) -> Res<String> {
    let password = PASSWORD.replace(' ', "+");
    let form = format!("name=investigator&password={password}");
    client
        .exchange(&post("/console/sign-in", "", &form), 303)
        .await?;
    let cookie = client.header("set-cookie").ok_or("nobody is signed in")?;
    let (pair, _) = cookie.split_once(';').ok_or("nobody is signed in")?;
    Ok(pair.to_owned())
}

/// Purpose and reason, once for the sitting.
async fn give_reason(client: &mut Client, cookie: &str) -> Res<()> {
    let home = client.send(&get("/console", cookie)).await?;
    let home = String::from_utf8(home.to_vec())?;
    let (_, token) = home
        .split_once("name=\"form_token\" value=\"")
        .ok_or("no form on the first page")?;
    let (token, _) = token.split_once('"').ok_or("no form on the first page")?;
    let form = format!("purpose=scoping&reason=to+be+measured&form_token={token}");
    client
        .exchange(&post("/console/sitting", cookie, &form), 303)
        .await?;
    Ok(())
}

fn post(path: &str, cookie: &str, form: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

fn get(path: &str, cookie: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n\r\n"
    )
    .into_bytes()
}

/// The p50 of lists, inbox and overview, and of a page that counts, in ms.
const LIST: u32 = 50;
const CHARTS: u32 = 250;
const DAY: &str = "sent_from=2024-03-12T00:00:00Z&sent_to=2024-03-13T00:00:00Z";
