//! What records may be in: lists, and objects around lists.

/// What a record may be in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Enclosure {
    /// A list of records, of which none was read.
    NewList,
    /// A list of records, of which some were read.
    List,
    /// An object that holds a list of records and other members, of which none was read.
    NewEnvelope,
    /// An object that holds a list of records and other members.
    Envelope,
}

/// Where records are looked for in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Descent {
    /// Nowhere: each object is a record.
    Nowhere,
    /// In lists under one of the names that suppliers use.
    Named,
    /// In every list of objects.
    Anywhere,
    /// Under every name: an object too long to be a record, with a record under each.
    Members,
    /// The same in the objects in it.
    MembersInside,
}

impl Descent {
    /// In the order in which they are tried.
    pub(super) const ALL: [Self; 5] = [
        Self::Nowhere,
        Self::Named,
        Self::Anywhere,
        Self::Members,
        Self::MembersInside,
    ];

    /// True if the records are what stands under names of their own.
    pub(super) fn is_keyed(self) -> bool {
        matches!(self, Self::Members | Self::MembersInside)
    }

    /// What is entered at a member of an object, if anything. `next` is the first byte of its
    /// value and `first_inside` the first byte in it, if it is a list.
    pub(super) fn enters(
        self,
        name: MemberName,
        next: Option<u8>,
        first_inside: Option<u8>,
        depth: usize,
    ) -> Option<Enclosure> {
        match (self, name, next) {
            (Self::Named, MemberName::Envelope | MemberName::List, Some(b'[')) => {
                Some(Enclosure::NewList)
            }
            (Self::Named, MemberName::Envelope, Some(b'{')) => Some(Enclosure::NewEnvelope),
            (Self::Anywhere, _, Some(b'[')) if first_inside == Some(b'{') => {
                Some(Enclosure::NewList)
            }
            (Self::Anywhere, _, Some(b'{')) if depth < DEPTH => Some(Enclosure::NewEnvelope),
            (Self::MembersInside, _, Some(b'{')) if depth < 2 => Some(Enclosure::NewEnvelope),
            _ => None,
        }
    }
}

/// What the name of a member says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberName {
    /// It may be a list of records, or an object around one.
    Envelope,
    /// It may be a list of records.
    List,
    Other,
}

impl MemberName {
    /// Of a name with its quotes.
    pub(super) fn of(quoted: &[u8]) -> Self {
        let name = quoted.strip_prefix(b"\"");
        let name = name.and_then(|name| name.strip_suffix(b"\""));
        match name {
            Some(name) if ENVELOPES.contains(&name) => Self::Envelope,
            Some(name) if LISTS.contains(&name) => Self::List,
            _ => Self::Other,
        }
    }
}

/// Of Duo, Elasticsearch, Splunk and others.
const ENVELOPES: [&[u8]; 4] = [b"response", b"hits", b"result", b"results"];

/// The members that hold the records in a page of an API: of Duo and MessageBird, Twilio and
/// Bandwidth, Telnyx, Plivo, Sinch; of Amazon's and other collections of logs.
const LISTS: [&[u8]; 19] = [
    b"items",
    b"messages",
    b"calls",
    b"data",
    b"objects",
    b"delivery_reports",
    b"events",
    b"logEvents",
    b"records",
    b"Records",
    b"Messages",
    b"entries",
    b"rows",
    b"logs",
    b"value",
    b"values",
    b"sms_messages",
    b"message_list",
    b"content",
];

/// How deep lists are looked for where no name is known.
const DEPTH: usize = 4;
