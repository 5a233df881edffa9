//! The supplier CSV: the fields of the supplier's notice, one line a message.

use super::row::{Row, Shape};
use super::text::{decimal, padded};

pub(super) struct SupplierCsv;

impl Shape for SupplierCsv {
    fn open(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(
            b"account,user,number,carrier,country,state,sent_at,kind,channel,message_ref\n",
        );
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Vec<u8>) {
        let Row { membership, .. } = row;
        out.extend_from_slice(row.account.as_bytes());
        out.extend_from_slice(b",u");
        decimal(membership.user, out);
        out.extend_from_slice(b",+");
        decimal(membership.number, out);
        out.push(b',');
        out.extend_from_slice(membership.carrier.as_bytes());
        out.push(b',');
        out.extend_from_slice(membership.place.country.code.as_bytes());
        out.push(b',');
        out.extend_from_slice(
            membership
                .place
                .state
                .map_or("", |state| state.code)
                .as_bytes(),
        );
        out.push(b',');
        out.extend_from_slice(row.minute);
        padded::<2>(u64::from(row.second), out);
        out.extend_from_slice(b"Z,");
        out.extend_from_slice(row.kind.as_bytes());
        out.push(b',');
        out.extend_from_slice(row.channel.as_bytes());
        out.push(b',');
        decimal(row.reference, out);
        out.push(b'\n');
    }

    fn close(&mut self, _out: &mut Vec<u8>) {}
}
