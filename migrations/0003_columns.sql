-- The records of an exhibit, as sealed blocks of one field each.
CREATE TABLE block (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    field   INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    UNIQUE (exhibit, field, no)
) STRICT;

-- What each block of records holds, so that a query can pass it over.
CREATE TABLE statistics (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (exhibit, no)
) STRICT, WITHOUT ROWID;

-- The values an exhibit added to a field's dictionary.
CREATE TABLE dictionary (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    field   INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (exhibit, field)
) STRICT, WITHOUT ROWID;

-- For each run of 4,096 numbers of the case: how often and when they occur in the exhibit.
CREATE TABLE subject_index (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    range   INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    UNIQUE (exhibit, range)
) STRICT;

-- Rows that could not be admitted: the mapped cells only, sealed.
CREATE TABLE quarantine (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (exhibit, no)
) STRICT, WITHOUT ROWID;

-- Every distinct identifying value of a case, once, in runs of up to 2,048, in the order of their
-- tags within the exhibit that added them. `tags` is the blind index, 16 bytes for each term,
-- `sealed` their ciphertexts; both in the order of the terms' numbers, which rise from `first`.
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
