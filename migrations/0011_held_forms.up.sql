-- What was typed into a form that came too late: after its session had ended, or just before. Only its own account sees it, for a day.

create table held_form (
  account_id uuid not null references account (id),
  -- Where the form is posted; the page that it stands on looks for it there.
  address text not null constraint held_form_address_length check (octet_length(address) <= 1000),
  -- Names and values in their order, and the names of files that were chosen. Not jsonb, which can't hold every character that is typed.
  content json not null,
  held_at timestamptz not null,
  primary key (account_id, address)
);
create index held_form_held_at on held_form (held_at);

-- Whose session it was is told by the token that its forms carried.
create index session_csrf on session ((state ->> 'csrf')) where account_id is not null;
