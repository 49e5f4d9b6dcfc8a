-- Each contact writes its time on its endpoint and its person: with room beside the row, none of their indexes is written.
ALTER TABLE endpoint SET (fillfactor = 80);
ALTER TABLE person SET (fillfactor = 80);
