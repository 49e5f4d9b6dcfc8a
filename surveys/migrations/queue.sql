-- Nothing looks for the messages of a person, and each of them was written there when it was planned and when it was claimed.
DROP INDEX attempt_person;
