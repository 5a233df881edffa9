//! Guesses which field a column holds, from its name and from the look of some of its cells. Of
//! the cells only counts are kept.

use crate::domain::invisible::cleaned;
use crate::domain::{Field, Format, country};
use crate::ingest::column_name::fold;
use crate::ingest::formats;
use crate::ingest::formats::shape::Reads;
use crate::ingest::times::form::{TimeForm, read_pattern};
use crate::ingest::times::iso::WrittenTime;
use crate::ingest::times::reader::{TimeFault, TimeReader};
use crate::ingest::times::zone::Zone;

/// Counts of what the cells of a column look like.
#[derive(Default)]
pub(super) struct ColumnLook {
    cells: u32,
    numbers: u32,
    /// Times in a form that needs no pattern, and those of them that name no zone.
    times: u32,
    local: u32,
    seconds: u32,
    millis: u32,
    /// Digits that a number or a time may have.
    either: u32,
    patterns: [u32; PATTERNS.len()],
    alpha2: u32,
    alpha3: u32,
    countries: u32,
    joined: u32,
}

impl ColumnLook {
    /// Counts a cell.
    pub(super) fn see(&mut self, cell: &str) {
        let cell = &cleaned(cell);
        if cell.is_empty() {
            return;
        }
        let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
        let number = cell.strip_prefix('+').is_some_and(|rest| {
            (7..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
        });
        let known = country::alpha2(cell).is_some();
        let mut times = TimeReader::new(None::<Zone>, TimeForm::Any);
        let time = times.read(cell, Reads::Text);
        let local = time == Err(TimeFault::ZoneNeeded);
        self.cells += 1;
        self.numbers += u32::from(number);
        self.local += u32::from(local);
        self.times += u32::from(local || time.is_ok());
        self.either += u32::from(digits && matches!(cell.len(), 10 | 13));
        self.seconds += u32::from(digits && cell.len() == 10);
        self.millis += u32::from(digits && cell.len() == 13);
        for (count, pattern) in self.patterns.iter_mut().zip(PATTERNS) {
            *count += u32::from(matches!(
                read_pattern(pattern, cell),
                Some(WrittenTime::Local(_))
            ));
        }
        self.countries += u32::from(known);
        self.alpha2 += u32::from(known && cell.len() == 2);
        self.alpha3 += u32::from(known && cell.len() == 3);
        self.joined += u32::from(digits && matches!(cell.len(), 5 | 6));
    }

    /// Whether its cells may be numbers without a plus as well as times: ten or thirteen digits.
    pub(super) fn is_number_or_time(&self) -> bool {
        self.all(self.either)
    }

    /// The field that its cells make likely, whatever its name.
    pub(super) fn field(&self) -> Option<Field> {
        if self.all(self.numbers) {
            Some(Field::Number)
        } else if self.is_number_or_time() {
            None
        } else if self.times() != TimeGuess::Nothing {
            Some(Field::SentAt)
        } else {
            None
        }
    }

    /// How its times are written.
    pub(super) fn times(&self) -> TimeGuess {
        if self.all(self.times) {
            return TimeGuess::One("rfc3339 or rfc2822");
        }
        if self.all(self.seconds) {
            return TimeGuess::One("epoch-seconds");
        }
        if self.all(self.millis) {
            return TimeGuess::One("epoch-millis");
        }
        let fitting = PATTERNS.into_iter().zip(self.patterns);
        let mut fitting = fitting
            .filter(|(_, count)| self.all(*count))
            .map(|(pattern, _)| pattern);
        match (fitting.next(), fitting.next()) {
            (None, _) => TimeGuess::Nothing,
            (Some(one), None) => TimeGuess::One(one),
            (Some(one), Some(other)) => TimeGuess::Either(one, other),
        }
    }

    /// True if its times need a declared zone.
    pub(super) fn needs_a_zone(&self) -> bool {
        self.local > 0 || self.patterns.iter().any(|count| self.all(*count))
    }

    /// Whether all its cells are countries.
    pub(super) fn is_countries(&self) -> bool {
        self.all(self.countries)
    }

    /// The `form` of its countries in a mapping.
    pub(super) fn country_form(&self) -> Option<&'static str> {
        if self.all(self.alpha2) {
            Some("alpha2")
        } else if self.all(self.alpha3) {
            Some("alpha3")
        } else {
            None
        }
    }

    /// The `form` of its carriers in a mapping.
    pub(super) fn carrier_form(&self) -> Option<&'static str> {
        self.all(self.joined).then_some("mcc-mnc")
    }

    /// True if all cells were counted in `count`.
    fn all(&self, count: u32) -> bool {
        self.cells > 0 && count == self.cells
    }
}

/// How the times of a column are written, as far as its cells tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeGuess {
    Nothing,
    One(&'static str),
    /// Two patterns fit: day and month cannot be told apart.
    Either(&'static str, &'static str),
}

/// The field that usually has this name: the one that a format has in a column of this name, or
/// one of the words that people use.
pub(super) fn by_name(name: &str) -> Option<Field> {
    let folded = fold(name);
    let shapes = Format::ALL.map(formats::shape);
    let mut columns = shapes.iter().flat_map(|shape| &shape.columns);
    let found = columns.find(|column| {
        let plain = matches!(column.reads, Reads::Text | Reads::International);
        plain && column.names.iter().any(|known| fold(known) == folded)
    });
    if let Some(found) = found {
        return Some(found.field);
    }
    // `Phone No.`, and the last part of a path in JSON.
    let last = name.rsplit('.').find(|part| !part.trim().is_empty())?;
    let letters = |name: &str| -> String {
        let kept = name.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    let (whole, last) = (letters(name), letters(last));
    if is_of_the_sender(name) {
        return None;
    }
    let is = |text: &str| {
        let mut words = WORDS.into_iter();
        let found = words.find(|(_, words)| words.contains(&text));
        found.map(|(field, _)| field)
    };
    // `device.type` is no kind of message, and `carrier.id` no reference of one.
    let vague = [Field::Kind, Field::Channel, Field::MessageRef];
    is(&whole).or_else(|| is(&last).filter(|field| !vague.contains(field)))
}

/// Whether a column is about who sent the messages: its numbers are not of the people in the log.
pub(super) fn is_of_the_sender(name: &str) -> bool {
    let letters = |part: &str| -> String {
        let kept = part.chars().filter(|c| c.is_alphabetic());
        kept.flat_map(char::to_lowercase).collect()
    };
    let sender = |part: &str| SENDERS.iter().any(|word| letters(part).starts_with(word));
    name.split('.').any(sender)
}

/// How names of columns about the sender begin.
const SENDERS: [&str; 9] = [
    "from",
    "sender",
    "origin",
    "source",
    "src",
    "caller",
    "calling",
    "shortcode",
    "ani",
];

/// Usual names of columns, letters and digits only.
const WORDS: [(Field, &[&str]); 10] = [
    (
        Field::Number,
        &[
            "number",
            "phone",
            "phonenumber",
            "phoneno",
            "phonenum",
            "phonenr",
            "telephone",
            "telephonenumber",
            "tel",
            "telno",
            "telnumber",
            "cell",
            "cellphone",
            "cellnumber",
            "cellno",
            "mobile",
            "mobilenumber",
            "mobileno",
            "mobilephone",
            "msisdn",
            "handset",
            "handsetnumber",
            "destination",
            "destinationnumber",
            "destinationaddress",
            "destinationmsisdn",
            "destinationphone",
            "dest",
            "destaddr",
            "destnumber",
            "recipient",
            "recipientnumber",
            "recipientphone",
            "recipientaddress",
            "receiver",
            "receivernumber",
            "to",
            "tonumber",
            "tophone",
            "toaddress",
            "sentto",
            "bnumber",
            "bparty",
            "callednumber",
            "calledparty",
            "called",
            "dialednumber",
            "dialednum",
            "dialednr",
            "dialed",
            "dialled",
            "contactnumber",
            "contactphone",
            "subscriber",
            "subscribernumber",
            "gsm",
            "e164",
            "smsnumber",
            "userphone",
            "customerphone",
        ],
    ),
    (
        Field::Carrier,
        &[
            "carrier",
            "carriername",
            "phonecarrier",
            "network",
            "networkname",
            "networkoperator",
            "mobilenetwork",
            "operator",
            "operatorname",
            "mobileoperator",
            "mno",
            "provider",
            "providername",
            "serviceprovider",
            "telco",
            "telecom",
        ],
    ),
    (
        Field::Country,
        &[
            "country",
            "countrycode",
            "countryname",
            "countryiso",
            "countryiso2",
            "countryiso3",
            "isocountry",
            "isocountrycode",
            "destinationcountry",
            "destcountry",
            "recipientcountry",
            "tocountry",
            "nation",
        ],
    ),
    (
        Field::State,
        &[
            "state",
            "statecode",
            "statename",
            "usstate",
            "stateprovince",
            "provincestate",
            "province",
            "provincename",
            "region",
            "regionname",
            "regioncode",
            "subdivision",
            "tostate",
        ],
    ),
    (
        Field::Account,
        &[
            "account",
            "acct",
            "acctid",
            "acctname",
            "acctno",
            "accountid",
            "accountname",
            "accountno",
            "accountnumber",
            "customer",
            "customername",
            "customerid",
            "customeraccount",
            "client",
            "clientname",
            "clientid",
            "tenant",
            "tenantid",
            "tenantname",
            "organisation",
            "organization",
            "org",
            "orgname",
            "orgid",
            "company",
            "companyname",
            "subaccount",
            "subaccountname",
        ],
    ),
    (
        Field::User,
        &[
            "user",
            "username",
            "userid",
            "useraccount",
            "userlogin",
            "userprincipalname",
            "login",
            "loginname",
            "logonname",
            "employee",
            "employeeid",
            "enduser",
            "upn",
            "email",
            "useremail",
            "emailaddress",
        ],
    ),
    (
        Field::SentAt,
        &[
            "sentat",
            "sent",
            "senton",
            "senttime",
            "sentdate",
            "senttimestamp",
            "timesent",
            "datesent",
            "timestamp",
            "time",
            "date",
            "datetime",
            "dateandtime",
            "datetimesent",
            "when",
            "eventtime",
            "eventtimestamp",
            "eventdate",
            "messagetime",
            "messagedate",
            "created",
            "createdat",
            "createdon",
            "createdtime",
            "creationtime",
            "creationdate",
            "submitted",
            "submittedat",
            "submitdate",
            "submittime",
            "logtime",
            "logged",
            "loggedat",
        ],
    ),
    (
        Field::Kind,
        &[
            "kind",
            "type",
            "messagetype",
            "msgtype",
            "smstype",
            "messagekind",
            "eventtype",
            "authtype",
            "category",
        ],
    ),
    (
        Field::Channel,
        &[
            "channel",
            "channeltype",
            "medium",
            "deliverychannel",
            "deliverymethod",
        ],
    ),
    (
        Field::MessageRef,
        &[
            "messageref",
            "messagereference",
            "messageid",
            "messageuuid",
            "msgid",
            "msgref",
            "smsid",
            "reference",
            "referenceid",
            "ref",
            "refid",
            "id",
            "uuid",
            "guid",
            "sid",
            "transactionid",
            "trackingid",
        ],
    ),
];

/// The patterns that are tried. If two fit, the reader of the draft chooses.
const PATTERNS: [&str; 10] = [
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
];
