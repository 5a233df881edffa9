//! Usual names of columns: the field that a column of a certain name holds most likely.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::{Field, Format};
use crate::ingest::column_name::{ShownName, fold};
use crate::ingest::formats;
use crate::ingest::formats::shape::Reads;

/// The field that usually has this name: the one that a format has in a column of this name, or
/// one of the words that people use.
pub(in crate::ingest) fn by_name(name: &str) -> Option<Field> {
    if let Some(field) = OF_FORMATS.get(&fold(name)) {
        return Some(*field);
    }
    // `Phone No.`, and the last part of a path in JSON.
    let last = name.rsplit('.').find(|part| !part.trim().is_empty())?;
    let (whole, last) = (letters(name), letters(last));
    if is_of_the_sender(name) {
        return None;
    }
    let is = |text: &str| {
        // `Date (UTC)`, `sent_at_utc`
        let text = without_zone(text);
        let mut words = WORDS.into_iter();
        let found = words.find(|(_, words)| words.contains(&text));
        found.map(|(field, _)| field)
    };
    // `device.type` is no kind of message, and `carrier.id` no reference of one.
    let vague = [Field::Kind, Field::Channel, Field::MessageRef];
    is(&whole).or_else(|| is(&last).filter(|field| !vague.contains(field)))
}

/// The names that a refusal may list, as far as they may be shown. If none of them is a usual name of a column, they
/// may be cells of a file without a header, or what a file has its objects by, such as people's names: then none is
/// listed. `words`: single words are listed all the same.
pub(in crate::ingest) fn listed(names: &[&str], words: bool) -> Vec<ShownName> {
    let word = |name: &&str| !name.trim().contains(char::is_whitespace);
    let usual = names.iter().any(|name| by_name(name).is_some());
    match usual || words && names.iter().all(word) {
        true => names
            .iter()
            .filter_map(|name| ShownName::of(name))
            .collect(),
        false => Vec::new(),
    }
}

/// Whether the name of a column of times says that they are in UTC.
pub(super) fn says_utc(name: &str) -> bool {
    let letters = letters(name);
    without_zone(&letters).len() < letters.len()
}

/// Letters and digits of a name, in lower case and without accents.
pub(in crate::ingest) fn letters(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).map(plain).collect()
}

fn without_zone(letters: &str) -> &str {
    let mut zones = ["utc", "gmt"].into_iter();
    let found = zones.find_map(|zone| letters.strip_suffix(zone));
    found.unwrap_or(letters)
}

/// The letter without its accent.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ę' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ś' | 'š' | 'ş' => 's',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

/// Whether a column is about who sent the messages: its numbers are not of the people in the log.
pub(in crate::ingest) fn is_of_the_sender(name: &str) -> bool {
    let letters = |part: &str| -> String {
        let kept = part.chars().filter(|c| c.is_alphabetic());
        kept.flat_map(char::to_lowercase).collect()
    };
    let sender = |part: &str| {
        let part: String = letters(part).chars().map(plain).collect();
        // `original_to` is who was called first.
        let begins = SENDERS.iter().any(|word| part.starts_with(word));
        begins && !part.starts_with("original")
            || SENDING.iter().any(|word| part.contains(word))
            || SENDER_NAMES.contains(&part.as_str())
            || part.ends_with("from")
    };
    name.split('.').any(sender)
}

/// The columns of the formats by their folded names. A file may have a hundred thousand names that are looked up.
static OF_FORMATS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let mut fields = HashMap::new();
    for shape in Format::ALL.map(formats::shape) {
        let columns = shape.columns.iter();
        let plain =
            columns.filter(|column| matches!(column.reads, Reads::Text | Reads::International));
        for column in plain {
            for name in &column.names {
                fields.entry(fold(name)).or_insert(column.field);
            }
        }
    }
    fields
});

/// Whether a column is about how long something took, which is written like a time of day.
pub(super) fn is_span(name: &str) -> bool {
    let letters = letters(name);
    SPANS.iter().any(|word| letters.contains(word))
}

const SPANS: [&str; 9] = [
    "duration", "length", "latency", "elapsed", "billed", "talk", "delay", "dauer", "duree",
];

/// What is in names of columns about the sender.
const SENDING: [&str; 45] = [
    "ournumber",
    "ownnumber",
    "twilionumber",
    "sendingnumber",
    "poolnumber",
    "serviceline",
    "supportline",
    "hotline",
    "proxynumber",
    "maskednumber",
    "campaignnumber",
    "provisionednumber",
    "businessnumber",
    "storephone",
    "clinicphone",
    "smsc",
    "gateway",
    "servicecent",
    "tollfree",
    "发信人",
    "送信元",
    "odesilatel",
    "gonderen",
    "callback",
    "replyto",
    "servicenumber",
    "virtualnumber",
    "longcode",
    "sender",
    "originator",
    "originating",
    "absender",
    "remitente",
    "remetente",
    "expediteur",
    "mittente",
    "afzender",
    "nadawca",
    "avsandare",
    "отправител",
    "主叫",
    "発信",
    "送信者",
    "发件人",
    "差出人",
];
/// Short names of columns about the sender.
const SENDER_NAMES: [&str; 7] = ["oa", "cli", "clip", "anum", "anumber", "aparty", "tpoa"];
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

/// Usual names of columns, letters and digits only, in lower case and without accents. Below those in English are
/// some in other languages.
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
            "customernumber",
            "smsto",
            "smsrecipient",
            "recipientmsisdn",
            "tomsisdn",
            "tophonenumber",
            "dstnumber",
            "dstmsisdn",
            "dst",
            "destinationaddr",
            "phonenumbere164",
            "e164number",
            "targetnumber",
            "usermobile",
            "contactmobile",
            "cellular",
            "mobilephonenumber",
            "rufnummer",
            "telefonnummer",
            "telefon",
            "handynummer",
            "handy",
            "mobilnummer",
            "mobiltelefon",
            "zielrufnummer",
            "zielnummer",
            "empfanger",
            "numero",
            "numerotelephone",
            "numerodetelephone",
            "numerotel",
            "numtel",
            "portable",
            "destinataire",
            "telefono",
            "numerotelefono",
            "numerodetelefono",
            "movil",
            "celular",
            "destinatario",
            "telefone",
            "telemovel",
            "cellulare",
            "telefoonnummer",
            "mobielnummer",
            "ontvanger",
            "numertelefonu",
            "numer",
            "odbiorca",
            "nummer",
            "mottagare",
            "телефон",
            "номер",
            "номертелефона",
            "получатель",
            "电话",
            "手机号",
            "手机号码",
            "电话号码",
            "電話番号",
            "携帯番号",
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
            "carrierid",
            "destinationnetwork",
            "destnetwork",
            "tocarrier",
            "recipientcarrier",
            "phonenetwork",
            "wirelesscarrier",
            "netz",
            "netzbetreiber",
            "betreiber",
            "mobilfunkanbieter",
            "anbieter",
            "operateur",
            "reseau",
            "operador",
            "operadora",
            "red",
            "operatore",
            "gestore",
            "netwerk",
            "siec",
            "оператор",
            "运营商",
            "通信事業者",
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
            "countryofnumber",
            "phonecountry",
            "phonecountrycode",
            "numbercountry",
            "countrycodeiso",
            "isocountrycode2",
            "isocountrycode3",
            "isocode",
            "iso2",
            "iso3",
            "alpha2",
            "alpha3",
            "ctry",
            "ctrycode",
            "cntry",
            "land",
            "pays",
            "pais",
            "paese",
            "kraj",
            "страна",
            "国家",
            "国",
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
            "stateregion",
            "destinationstate",
            "phonestate",
            "recipientstate",
            "bundesland",
            "kanton",
            "departement",
            "provincia",
            "regione",
            "wojewodztwo",
            "штат",
            "регион",
            "область",
            "省",
            "都道府県",
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
            "accountsid",
            "subaccountid",
            "customercode",
            "custid",
            "custname",
            "customeraccountname",
            "clientaccount",
            "organisationname",
            "organizationname",
            "organisationid",
            "organizationid",
            "workspace",
            "konto",
            "kunde",
            "kundin",
            "kundenname",
            "kundennummer",
            "mandant",
            "firma",
            "compte",
            "societe",
            "cuenta",
            "cliente",
            "empresa",
            "conta",
            "azienda",
            "klant",
            "klantnaam",
            "bedrijf",
            "klient",
            "клиент",
            "аккаунт",
            "客户",
            "账户",
            "顧客",
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
            "usermail",
            "mail",
            "loginid",
            "employeeno",
            "employeenumber",
            "staffid",
            "samaccountname",
            "accountuser",
            "benutzer",
            "benutzername",
            "nutzer",
            "anwender",
            "utilisateur",
            "usuario",
            "utente",
            "gebruiker",
            "gebruikersnaam",
            "uzytkownik",
            "пользователь",
            "用户",
            "ユーザー",
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
            "ts",
            "datetimeofmessage",
            "messagetimestamp",
            "messagedatetime",
            "sentdatetime",
            "senttimestamputc",
            "smsdate",
            "smstime",
            "sendtime",
            "senddate",
            "sendat",
            "timeofday",
            "timeofmessage",
            "datecreated",
            "datetimestamp",
            "localtime",
            "day",
            "zeitpunkt",
            "zeitstempel",
            "datum",
            "uhrzeit",
            "zeit",
            "gesendet",
            "gesendetam",
            "versandzeit",
            "dateheure",
            "heure",
            "horodatage",
            "dateenvoi",
            "envoyele",
            "fecha",
            "hora",
            "fechahora",
            "fechayhora",
            "fechaenvio",
            "datahora",
            "dataehora",
            "dataenvio",
            "dataora",
            "ora",
            "tijd",
            "tijdstip",
            "verzonden",
            "godzina",
            "время",
            "дата",
            "датаивремя",
            "时间",
            "日期",
            "发送时间",
            "日時",
            "送信日時",
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
            "smskind",
            "factortype",
            "messagecategory",
            "nachrichtentyp",
            "тип",
            "类型",
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
            "messagesid",
            "callsid",
            "callid",
            "calluuid",
            "callreference",
            "smsref",
            "messageguid",
            "smsmessageid",
            "transactionref",
            "externalid",
            "nachrichtenid",
        ],
    ),
];
