-- Queries of lists that were kept under a name, by a person or for a department, and with which one a list opens.

create table saved_view (
  id uuid primary key,
  list text not null constraint saved_view_list check (list in ('submissions', 'rates')),
  account_id uuid references account (id),
  department department,
  name text not null constraint saved_view_name_not_blank check (not is_blank(name))
    constraint saved_view_name_length check (char_length(name) <= 100),
  -- As the list writes it in its own addresses, from the first page.
  query text not null constraint saved_view_query_not_blank check (not is_blank(query))
    constraint saved_view_query_length check (char_length(query) <= 16000),
  -- One that was removed is shown nowhere; who removed it and when is told to those who had it open.
  removed boolean not null default false,
  version integer not null default 1,
  changed_by uuid not null references account (id),
  changed_at timestamptz not null,
  constraint saved_view_one_owner check (num_nonnulls(account_id, department) = 1),
  constraint saved_view_changed_by_its_owner check (account_id is null or changed_by = account_id),
  constraint saved_view_of_list unique (id, list)
);
create unique index saved_view_name_of_account on saved_view (account_id, list, comparison_key(name)) where not removed and account_id is not null;
create unique index saved_view_name_of_department on saved_view (department, list, comparison_key(name)) where not removed and department is not null;

create trigger saved_view_version before update on saved_view for each row execute function grow_version();
create trigger saved_view_never_removed before delete or truncate on saved_view
  for each statement execute function never_removed('saved_view_never_removed');

create function saved_view_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (new.id, new.list, new.account_id, new.department) is distinct from (old.id, old.list, old.account_id, old.department) then
      perform refuse('saved_view_identity_fixed', 'a view stays with its list and its owner');
    elsif old.removed then
      perform refuse('saved_view_removed_stays', 'a view that was removed stays so');
    end if;
  end if;
  if new.department is not null and not exists (
      select from account where id = new.changed_by and active
        and (role = 'admin' or role = 'cms_approver' and department = new.department)) then
    perform refuse('saved_view_changed_by_its_department', 'a department''s views are its approvers'' and administrators''');
  end if;
  return new;
end $$;
create trigger saved_view_stays before insert or update on saved_view for each row execute function saved_view_stays();

-- Every version of a view, the one that counts included: what it was when somebody opened it.
create table saved_view_version (
  view_id uuid not null references saved_view (id),
  version integer not null,
  name text not null,
  query text not null,
  removed boolean not null,
  changed_by uuid not null references account (id),
  changed_at timestamptz not null,
  primary key (view_id, version)
);
create trigger saved_view_version_append_only before update or delete or truncate on saved_view_version
  for each statement execute function append_only();

create function saved_view_version_is_true() returns trigger language plpgsql as $$
begin
  if not exists (select from saved_view v where v.id = new.view_id
       and (v.version, v.name, v.query, v.removed, v.changed_by, v.changed_at)
         = (new.version, new.name, new.query, new.removed, new.changed_by, new.changed_at)) then
    perform refuse('saved_view_version_is_true', 'a version of a view is as the view now stands');
  end if;
  return new;
end $$;
create trigger saved_view_version_is_true before insert on saved_view_version
  for each row execute function saved_view_version_is_true();

create function saved_view_is_kept() returns trigger language plpgsql as $$
begin
  insert into saved_view_version (view_id, version, name, query, removed, changed_by, changed_at)
    values (new.id, new.version, new.name, new.query, new.removed, new.changed_by, new.changed_at);
  if new.removed then
    delete from list_default where view_id = new.id;
  end if;
  return null;
end $$;
create trigger saved_view_is_kept after insert or update on saved_view for each row execute function saved_view_is_kept();

-- The view with which a list opens for a person.
create table list_default (
  account_id uuid not null references account (id),
  list text not null,
  view_id uuid not null,
  primary key (account_id, list),
  constraint list_default_of_its_list foreign key (view_id, list) references saved_view (id, list)
);
create index list_default_view on list_default (view_id);

create function list_default_is_there() returns trigger language plpgsql as $$
begin
  -- Held until the end, so that the view isn't removed meanwhile.
  perform from saved_view where id = new.view_id and not removed for share;
  if not found then
    perform refuse('list_default_is_there', 'a list opens with a view that is there');
  end if;
  return new;
end $$;
create trigger list_default_is_there before insert or update on list_default
  for each row execute function list_default_is_there();
