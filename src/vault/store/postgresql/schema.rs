//! What the server says the schema is.
//!
//! Of each table the columns with their types, defaults and rules, of each index and each constraint the statement that
//! makes it, and whatever else stands in the schema: views, triggers, rules of rewriting, policies. What the server
//! writes there follows from the steps, so a text of it is kept beside them.

use super::link::Link;
use crate::vault::store::error::StoreError;
use crate::vault::store::schema::Object;

/// Everything in the schema that statements work in, without what is in it.
const READ: &str = "-- schema::read
    WITH here AS (SELECT to_regnamespace(quote_ident(current_schema()))::oid AS no,
                         quote_ident(current_schema()) || '.' AS prefix),
         own AS (SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relpersistence
                 FROM pg_class c, here WHERE c.relnamespace = here.no)
    SELECT relname::text, CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' ELSE 'relation ' || relkind::text END,
           relname::text,
           coalesce((SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                        CASE WHEN a.attnotnull THEN 'not null' END, pg_get_expr(d.adbin, d.adrelid),
                        'storage ' || a.attstorage::text, nullif(a.attgenerated::text, ''), nullif(a.attidentity::text, '')),
                        ', ' ORDER BY a.attnum)
                     FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                     WHERE a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped), '')
           || CASE WHEN relrowsecurity THEN ' row security' ELSE '' END || ' ' || relpersistence::text
    FROM own WHERE relkind NOT IN ('i', 'I')
    UNION ALL
    SELECT t.relname::text, 'index', i.relname::text,
           replace(pg_get_indexdef(x.indexrelid), here.prefix, '') || CASE WHEN x.indisvalid THEN '' ELSE ' invalid' END
    FROM pg_index x JOIN own i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid, here
    UNION ALL
    SELECT own.relname::text, 'constraint', k.conname::text, replace(pg_get_constraintdef(k.oid), here.prefix, '')
    FROM pg_constraint k JOIN own ON own.oid = k.conrelid, here WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL
    SELECT own.relname::text, 'trigger', t.tgname::text, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN own ON own.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT own.relname::text, 'rule', r.rulename::text, pg_get_ruledef(r.oid)
    FROM pg_rewrite r JOIN own ON own.oid = r.ev_class WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT own.relname::text, 'policy', p.polname::text, p.polcmd::text
    FROM pg_policy p JOIN own ON own.oid = p.polrelid";

/// Every object, in a fixed order.
pub(super) fn read(link: &Link) -> Result<Vec<Object>, StoreError> {
    let at = "schema::read";
    let mut all = link.query(at, READ, &[], |mut rows| {
        let mut all = Vec::new();
        while let Some(cells) = rows.next()? {
            let text = |no| {
                let text = cells.get(at, no)?.as_text().map(str::to_owned);
                text.map_err(|_| StoreError::inconsistent(at))
            };
            all.push(Object {
                table: text(0)?,
                kind: text(1)?,
                name: text(2)?,
                text: text(3)?,
            });
        }
        Ok(all)
    })?;
    all.sort();
    Ok(all)
}

/// Objects as a text of lines, to be kept.
#[cfg(test)]
pub(super) fn written(all: &[Object]) -> String {
    let line = |object: &Object| {
        let Object {
            table,
            kind,
            name,
            text,
        } = object;
        format!("{table}\t{kind}\t{name}\t{text}\n")
    };
    all.iter().map(line).collect()
}

/// Objects of such a text.
pub(super) fn kept(text: &str) -> Vec<Object> {
    let object = |line: &str| {
        let mut parts = line.splitn(4, '\t').map(str::to_owned);
        Some(Object {
            table: parts.next()?,
            kind: parts.next()?,
            name: parts.next()?,
            text: parts.next()?,
        })
    };
    let mut all: Vec<Object> = text.lines().filter_map(object).collect();
    all.sort();
    all
}
