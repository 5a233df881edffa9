-- The records of an exhibit, in sealed blocks. A block has the values of one field.
CREATE TABLE block (
    exhibit BIGINT NOT NULL REFERENCES exhibit (number),
    field   BIGINT NOT NULL,
    no      BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    UNIQUE (exhibit, field, no)
);

-- The times and codes that occur in the blocks of each position, so that a query can skip them.
CREATE TABLE statistics (
    exhibit BIGINT NOT NULL REFERENCES exhibit (number),
    no      BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (exhibit, no)
);

-- For the blocks of each position short prints of their messages, so that a later admission finds those that it has
-- again.
CREATE TABLE seen (
    exhibit BIGINT NOT NULL REFERENCES exhibit (number),
    no      BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    UNIQUE (exhibit, no)
);

-- The values that an exhibit added to the dictionary of a field.
CREATE TABLE dictionary (
    exhibit BIGINT NOT NULL REFERENCES exhibit (number),
    field   BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (exhibit, field)
);

-- For each range of 4,096 numbers of the case: how often and when each of them occurs in the exhibit.
CREATE TABLE subject_index (
    exhibit BIGINT NOT NULL REFERENCES exhibit (number),
    range   BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    UNIQUE (exhibit, range)
);

-- Rows that could not be admitted. Only the mapped cells are kept, sealed.
CREATE TABLE quarantine (
    exhibit BIGINT NOT NULL REFERENCES exhibit (number),
    no      BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (exhibit, no)
);

-- Lines that were left out because another row is the same message, and the rule by which each was, sealed.
CREATE TABLE duplicate (
    exhibit BIGINT NOT NULL REFERENCES exhibit (number),
    no      BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (exhibit, no)
);

-- The terms: every distinct number and user name of a case, once. They are in runs of up to 2,048 terms that one
-- exhibit added, in the order of their tags. `tags` is the blind index: the first tag of the next run and 16 bytes for
-- each term, sealed. `sealed` has the ciphertexts of the terms. Both are in the order of the term numbers, which begin
-- with `first`. `first_tag` finds the run in which a tag would be.
CREATE TABLE term_run (
    case_number BIGINT NOT NULL,
    field       BIGINT NOT NULL,
    first       BIGINT NOT NULL,
    exhibit     BIGINT NOT NULL,
    first_tag   BYTEA NOT NULL,
    tags        BYTEA NOT NULL,
    sealed      BYTEA NOT NULL,
    UNIQUE (case_number, field, first),
    UNIQUE (case_number, field, exhibit, first_tag)
);

-- What is sealed cannot be compressed: it is stored beside the row as it is.
ALTER TABLE block ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE statistics ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE seen ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE dictionary ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE subject_index ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE quarantine ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE duplicate ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE term_run ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE term_run ALTER COLUMN tags SET STORAGE EXTERNAL;

-- The digests of the parts of an exhibit, which can be read without the parts. A vault believes them only together,
-- because the digest over all of them is in the exhibit's description.
ALTER TABLE block ADD COLUMN digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;
ALTER TABLE statistics ADD COLUMN digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;
ALTER TABLE seen ADD COLUMN digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;
ALTER TABLE dictionary ADD COLUMN digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;
ALTER TABLE subject_index ADD COLUMN digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;
ALTER TABLE quarantine ADD COLUMN digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;
ALTER TABLE duplicate ADD COLUMN digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;
