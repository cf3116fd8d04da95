-- What was exported from a list, by whom and how it was asked for: told in the history of the account.

insert into event_kind (kind, audience, needs_reason) values ('list_exported', 'cms', false);

create table export (
  id uuid primary key,
  account_id uuid not null references account (id),
  -- The list's address with its query, which says filters and order.
  address text not null constraint export_address_not_blank check (not is_blank(address))
    constraint export_address_length check (char_length(address) <= 16000),
  -- How many rows matched at that moment.
  matching bigint not null constraint export_matching_natural check (matching >= 0),
  made_at timestamptz not null
);
create trigger export_append_only before update or delete or truncate on export
  for each statement execute function append_only();

create function event_fits_export(e event) returns boolean language sql stable as $$
  select e.kind = 'list_exported' and e.version_after = 1
     and exists (select from export where id = e.row_id and (e.subject, e.subject_id) = ('account', account_id))
$$;
create function export_is_told() returns trigger language plpgsql as $$
begin
  if not exists (select from event where row_id = new.id and row_table = 'export') then
    perform refuse('export_is_told', 'an export has its entry in the history of the account');
  end if;
  return null;
end $$;
create constraint trigger export_is_told after insert on export
  deferrable initially deferred for each row execute function export_is_told();
