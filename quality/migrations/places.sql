-- Where a platform is: its hour is that of its days. Paris until it says otherwise.
ALTER TABLE platform ALTER departement SET DEFAULT '';
