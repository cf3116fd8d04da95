-- The virus check of contents: who tries when, so that any number of processes share the work and none is lost.

alter table blob
  -- How often a check was begun since it was last asked for; also what tells one try from the next.
  add column scan_tries integer not null default 0 constraint blob_scan_tries_natural check (scan_tries >= 0),
  -- Of a pending content: not to be taken before this. While a check is under way that is the end of its lease.
  add column scan_due_at timestamptz,
  -- What the scanner last said, for whoever runs the product: the name of a virus, or why nothing could be found out.
  add column scan_note text;

create index blob_scan_due on blob (scan_due_at nulls first) where scan = 'pending';
-- Contents that nothing uses are looked for by age.
create index blob_stored_at on blob (stored_at);
comment on column blob.stored_at is 'When the content was last uploaded.';
