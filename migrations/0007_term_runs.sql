-- Terms in runs of up to 2,048, in the order of their tags within the exhibit that added them:
-- a row a term cost as much again as the terms. `tags` has 16 bytes for each term, `sealed` its
-- ciphertexts; both in the order of the terms' numbers, which rise from `first`.
-- A vault of a build before this one that holds exhibits is refused here: make it anew from the
-- files as received.
CREATE TABLE exhibits_of_an_earlier_build (number INTEGER CHECK (number IS NULL)) STRICT;
INSERT INTO exhibits_of_an_earlier_build SELECT number FROM exhibit;
DROP TABLE exhibits_of_an_earlier_build;
DROP TABLE term_tag;
DROP TABLE term;

CREATE TABLE term_run (
    case_number INTEGER NOT NULL,
    field       INTEGER NOT NULL,
    first       INTEGER NOT NULL,
    exhibit     INTEGER NOT NULL,
    first_tag   BLOB NOT NULL,
    tags        BLOB NOT NULL,
    sealed      BLOB NOT NULL,
    UNIQUE (case_number, field, first),
    UNIQUE (case_number, field, exhibit, first_tag)
) STRICT;
