-- The records of an exhibit, in sealed blocks. A block has the values of one field.
CREATE TABLE block (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    field   INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    UNIQUE (exhibit, field, no)
) STRICT;

-- The times and codes that occur in the blocks of each position, so that a query can skip them.
CREATE TABLE statistics (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (exhibit, no)
) STRICT, WITHOUT ROWID;

-- For the blocks of each position short prints of their messages, so that a later admission finds those that it has
-- again.
CREATE TABLE seen (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    UNIQUE (exhibit, no)
) STRICT;

-- The values that an exhibit added to the dictionary of a field.
CREATE TABLE dictionary (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    field   INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (exhibit, field)
) STRICT, WITHOUT ROWID;

-- For each range of 4,096 numbers of the case: how often and when each of them occurs in the exhibit.
CREATE TABLE subject_index (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    range   INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    UNIQUE (exhibit, range)
) STRICT;

-- Rows that could not be admitted. Only the mapped cells are kept, sealed.
CREATE TABLE quarantine (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (exhibit, no)
) STRICT, WITHOUT ROWID;

-- Lines that were left out because another row is the same message, and the rule by which each was, sealed.
CREATE TABLE duplicate (
    exhibit INTEGER NOT NULL REFERENCES exhibit (number),
    no      INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (exhibit, no)
) STRICT, WITHOUT ROWID;

-- The terms: every distinct number and user name of a case, once. They are in runs of up to 2,048 terms that one
-- exhibit added, in the order of their tags. `tags` is the blind index: the first tag of the next run and 16 bytes for
-- each term, sealed. `sealed` has the ciphertexts of the terms. Both are in the order of the term numbers, which begin
-- with `first`. `first_tag` finds the run in which a tag would be.
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
