comment on column blob.stored_at is null;
drop index blob_scan_due, blob_stored_at;
alter table blob drop column scan_tries, drop column scan_due_at, drop column scan_note;
