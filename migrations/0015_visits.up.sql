-- What a person last saw of a submission or rate, so that they learn what came since. Looking is no event.

create table visit (
  account_id uuid not null references account (id),
  -- The contract review's or rate review's row.
  subject_id uuid not null,
  -- Whatever is looked at between signing in and signing out counts as one visit.
  signed_in_at timestamptz not null,
  seen_at timestamptz not null,
  -- The newest entry that the person could read then, by its place among all entries; and the version shown.
  event_seq bigint not null,
  revision integer not null,
  primary key (account_id, subject_id, signed_in_at)
);
