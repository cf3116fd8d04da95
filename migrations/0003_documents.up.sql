-- Files by content (blob) and their named uses (document).

create type scan_result as enum ('pending', 'clean', 'infected', 'failed');
create type document_category as enum ('contract', 'contract_supporting');

create table blob (
  sha256 text primary key constraint blob_sha256_shape check (sha256 ~ '^[0-9a-f]{64}$'),
  -- In bytes; at most 100 MiB.
  size bigint not null constraint blob_size_within_limit check (size between 1 and 104857600),
  media_type text not null,
  scan scan_result not null,
  stored_at timestamptz not null
);

create table document (
  id uuid primary key,
  contract_submission_id uuid not null references contract_submission (id),
  category document_category not null,
  sha256 text not null references blob (sha256),
  file_name text not null constraint document_file_name_length check (char_length(file_name) between 1 and 200),
  position integer not null constraint document_position_positive check (position > 0),
  uploaded_at timestamptz not null,
  uploaded_by uuid not null references account (id),
  -- When this content was first sent on this contract; null until it is.
  first_submitted_at timestamptz,
  constraint document_content_once_per_list unique (contract_submission_id, category, sha256),
  constraint document_position_once_per_list unique (contract_submission_id, category, position) deferrable initially deferred
);
create index document_sha256 on document (sha256);

create function document_seal() returns trigger language plpgsql as $$
declare
  owner uuid := case when tg_op = 'INSERT' then new.contract_submission_id else old.contract_submission_id end;
begin
  if exists (select from contract_submission
              where id = owner and (submitted_at is not null or discarded_at is not null)) then
    perform refuse('document_sealed', 'the documents of a sent or discarded version never change');
  end if;
  if tg_op = 'UPDATE' and new.contract_submission_id <> old.contract_submission_id then
    perform refuse('document_owner_fixed', 'a document stays with its owner');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger document_seal before insert or update or delete on document
  for each row execute function document_seal();
create trigger document_never_truncated before truncate on document
  for each statement execute function never_removed('document_sealed');
