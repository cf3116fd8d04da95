-- States, their programs, the people who sign in, and their sessions.

create type account_role as enum
  ('state_user', 'cms_reviewer', 'cms_approver', 'admin', 'helpdesk', 'business_owner', 'read_only');
create type department as enum ('DMCO', 'DMCP', 'OACT');

-- `version` grows by one on every update, whoever writes and whatever they put into it. Where some columns only follow
-- other changes, the trigger names all the rest: an update that sets nothing but followers does not count.
create function grow_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;

-- Refuses with a named rule, so that the application and the tests can tell which one it was.
create function refuse(rule text, sentence text) returns void language plpgsql as $$
begin
  raise exception '%', sentence using errcode = 'integrity_constraint_violation', constraint = rule;
end $$;

-- For tables whose rows are never removed; the argument names the rule.
create function never_removed() returns trigger language plpgsql as $$
begin
  perform refuse(tg_argv[0], format('rows of %s are never removed', tg_table_name));
  return null;
end $$;

-- What texts are to people, whatever characters they were typed with; `domain::text` has the same, and a test holds them equal.
-- None of it depends on the locale of the database.

-- Without the characters that Unicode calls default-ignorable: they are not seen, and do not count in comparisons.
create function without_ignorable(of_text text) returns text language sql immutable parallel safe as $$
  select regexp_replace(of_text collate "C",
    '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+',
    '', 'g')
$$;

-- Whether nothing of a text can be seen: white space, control characters, ignorable ones, the empty Braille pattern, and
-- the marks around annotations.
create function is_blank(of_text text) returns boolean language sql immutable parallel safe as $$
  select of_text collate "C" !~
    '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
$$;

-- What texts are compared and found by: composed or not, with ligatures or without, in upper or lower case. To go by upper
-- case first brings together what has one capital: ß and ss, ς and σ. Most texts are ASCII, which is quicker.
create function comparison_key(of_text text) returns text language sql immutable parallel safe as $$
  select case
    when octet_length(of_text) = char_length(of_text) then lower(of_text collate "C") collate "default"
    else normalize(replace(
      lower(upper(normalize(without_ignorable(of_text), nfkc) collate "und-x-icu") collate "und-x-icu"), 'ς', 'σ'), nfkc) collate "default"
  end
$$;

create table state (
  code text primary key constraint state_code_shape check (code ~ '^[A-Z]{2}$'),
  name text not null constraint state_name_unique unique,
  -- The numbers last given; a new one is taken by `update … set n = n + 1 returning n`.
  last_contract_number integer not null default 0 constraint state_last_contract_number_natural check (last_contract_number >= 0),
  last_rate_number integer not null default 0 constraint state_last_rate_number_natural check (last_rate_number >= 0),
  version integer not null default 1
);
-- The 50 states, the District of Columbia and the territories that have a Medicaid program.
insert into state (code, name) values
  ('AL', 'Alabama'), ('AK', 'Alaska'), ('AS', 'American Samoa'), ('AZ', 'Arizona'), ('AR', 'Arkansas'), ('CA', 'California'),
  ('CO', 'Colorado'), ('CT', 'Connecticut'), ('DE', 'Delaware'), ('DC', 'District of Columbia'), ('FL', 'Florida'),
  ('GA', 'Georgia'), ('GU', 'Guam'), ('HI', 'Hawaii'), ('ID', 'Idaho'), ('IL', 'Illinois'), ('IN', 'Indiana'), ('IA', 'Iowa'),
  ('KS', 'Kansas'), ('KY', 'Kentucky'), ('LA', 'Louisiana'), ('ME', 'Maine'), ('MD', 'Maryland'), ('MA', 'Massachusetts'),
  ('MI', 'Michigan'), ('MN', 'Minnesota'), ('MS', 'Mississippi'), ('MO', 'Missouri'), ('MT', 'Montana'), ('NE', 'Nebraska'),
  ('NV', 'Nevada'), ('NH', 'New Hampshire'), ('NJ', 'New Jersey'), ('NM', 'New Mexico'), ('NY', 'New York'),
  ('NC', 'North Carolina'), ('ND', 'North Dakota'), ('MP', 'Northern Mariana Islands'), ('OH', 'Ohio'), ('OK', 'Oklahoma'),
  ('OR', 'Oregon'), ('PA', 'Pennsylvania'), ('PR', 'Puerto Rico'), ('RI', 'Rhode Island'), ('SC', 'South Carolina'),
  ('SD', 'South Dakota'), ('TN', 'Tennessee'), ('TX', 'Texas'), ('UT', 'Utah'), ('VT', 'Vermont'), ('VI', 'Virgin Islands'),
  ('VA', 'Virginia'), ('WA', 'Washington'), ('WV', 'West Virginia'), ('WI', 'Wisconsin'), ('WY', 'Wyoming');
-- Taking a number is no edit of the state.
create trigger state_version before update of code, name, version on state
  for each row execute function grow_version();

create function numbers_never_go_back() returns trigger language plpgsql as $$
begin
  if new.last_contract_number < old.last_contract_number or new.last_rate_number < old.last_rate_number then
    perform refuse('state_numbers_never_go_back', 'a number once given is never given again');
  end if;
  return new;
end $$;
create trigger state_numbers_never_go_back before update on state
  for each row execute function numbers_never_go_back();

create table program (
  id uuid primary key,
  state_code text not null references state (code),
  name text not null constraint program_name_not_blank check (not is_blank(name)),
  full_name text not null constraint program_full_name_not_blank check (not is_blank(full_name)),
  rate_only boolean not null default false,
  retired_on date,
  replaced_by uuid references program (id),
  constraint program_name_unique exclude using btree (state_code with =, comparison_key(name) with =),
  constraint program_replaced_only_when_retired check (replaced_by is null or retired_on is not null)
);
create trigger program_never_removed before delete or truncate on program
  for each statement execute function never_removed('program_never_removed');

create table account (
  id uuid primary key,
  email text not null constraint account_email_shape
    check (email ~ '^[^@\s<>()\[\]:;,"\\]+@[^@\s<>()\[\]:;,"\\]+\.[^@\s<>()\[\]:;,"\\]+$' and email = without_ignorable(email)),
  given_name text not null constraint account_given_name_not_blank check (not is_blank(given_name)),
  family_name text not null constraint account_family_name_not_blank check (not is_blank(family_name)),
  role account_role not null,
  state_code text references state (code),
  department department,
  eua text constraint account_eua_not_blank check (not is_blank(eua)),
  active boolean not null default true,
  last_signed_in_at timestamptz,
  preferences jsonb not null default '{}',
  version integer not null default 1,
  constraint account_state_user_has_state check ((role = 'state_user') = (state_code is not null)),
  constraint account_reviewer_has_department check ((role in ('cms_reviewer', 'cms_approver')) = (department is not null))
);
create unique index account_email_unique on account (comparison_key(email));
-- Signing in and one's own settings are no edit of the account.
create trigger account_version
  before update of id, email, given_name, family_name, role, state_code, department, eua, active, version on account
  for each row execute function grow_version();
create trigger account_never_removed before delete or truncate on account
  for each statement execute function never_removed('account_never_removed');

-- Which people of CMS follow which state.
create table state_assignment (
  state_code text not null references state (code),
  account_id uuid not null references account (id),
  primary key (state_code, account_id)
);

-- Signed-in sessions, server side. The key in the cookie is stored as its SHA-256 only.
create table session (
  id uuid primary key,
  key_sha256 text not null constraint session_key_unique unique,
  account_id uuid references account (id),
  state jsonb not null,
  signed_in_at timestamptz not null,
  last_seen_at timestamptz not null,
  user_agent text constraint session_user_agent_length check (char_length(user_agent) <= 255)
);
create index session_account on session (account_id);
create index session_last_seen on session (last_seen_at);
