-- Blocks of codes and of the subject index are packed in lanes of eight words (version 2 and 3).
-- A vault of a build before this one that holds exhibits is refused here, as by 0007: make it anew
-- from the files as received.
CREATE TABLE exhibits_of_an_earlier_build (number INTEGER CHECK (number IS NULL)) STRICT;
INSERT INTO exhibits_of_an_earlier_build SELECT number FROM exhibit;
DROP TABLE exhibits_of_an_earlier_build;
