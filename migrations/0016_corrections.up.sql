-- What an administrator puts right beside what a state has sent: never in its place. What was sent stays as it is.

create type correction_kind as enum ('first_sent', 'contract_action', 'document_added', 'document_withdrawn', 'document_dated');

create table correction (
  id uuid primary key,
  -- Of several corrections of one thing the newest counts.
  seq bigint generated always as identity,
  contract_review_id uuid references contract_review (id),
  rate_review_id uuid references rate_review (id),
  -- The version it is about. When a case was first sent is no version's alone.
  revision integer not null,
  what correction_kind not null,
  -- When the case was first sent, or the document added.
  moment timestamptz,
  contract_action text,
  document_id uuid references document (id) deferrable initially deferred,
  -- Whether a document is withdrawn from every version of the case up to this one that holds its content.
  all_versions boolean not null default false,
  reason text not null constraint correction_reason_not_blank check (not is_blank(reason)),
  made_at timestamptz not null,
  made_by uuid not null references account (id),
  -- The correction that this row takes back.
  undoes uuid references correction (id),
  constraint correction_undone_once unique (undoes),
  constraint correction_has_one_subject check (num_nonnulls(contract_review_id, rate_review_id) = 1),
  constraint correction_all_versions_of_a_withdrawal check (not all_versions or what = 'document_withdrawn' and undoes is null),
  constraint correction_moment_is_past check (moment <= made_at),
  constraint correction_value_fits check (case
    when undoes is not null then num_nonnulls(moment, contract_action, document_id) = 0
    when what = 'first_sent' then moment is not null and num_nonnulls(contract_action, document_id) = 0
    when what = 'contract_action' then contract_review_id is not null and contract_action is not null
      and contract_action in ('BASE', 'AMENDMENT') and num_nonnulls(moment, document_id) = 0
    when what = 'document_dated' then num_nonnulls(moment, document_id) = 2 and contract_action is null
    else document_id is not null and num_nonnulls(moment, contract_action) = 0 end),
  constraint correction_contract_version foreign key (contract_review_id, revision)
    references contract_submission (contract_review_id, revision),
  constraint correction_rate_version foreign key (rate_review_id, revision) references rate_submission (rate_review_id, revision)
);
create index correction_of_contract on correction (contract_review_id) where contract_review_id is not null;
create index correction_of_rate on correction (rate_review_id) where rate_review_id is not null;
create index correction_of_document on correction (document_id) where document_id is not null;
create index correction_of_all_versions on correction (contract_review_id, rate_review_id) where all_versions;

create trigger correction_append_only before update or delete or truncate on correction
  for each statement execute function append_only();

-- Whose it is, and of what.
create function correction_fits() returns trigger language plpgsql as $$
declare
  current boolean;
  undone correction;
begin
  if not exists (select from account where id = new.made_by and role = 'admin' and active) then
    perform refuse('correction_by_an_admin', 'only administrators correct what was sent');
  end if;
  if new.rate_review_id is null then
    select status in ('submitted', 'resubmitted', 'approved') and sent_revision = new.revision into current
      from contract_review where id = new.contract_review_id for update;
  else
    select parent.status in ('submitted', 'resubmitted', 'approved') and rate.status in ('submitted', 'resubmitted')
           and rate.sent_revision = new.revision into current
      from rate_review rate join contract_review parent on parent.id = rate.parent_id
     where rate.id = new.rate_review_id for update;
  end if;
  if current is not true then
    perform refuse('correction_of_the_latest_version',
      'only the latest sent version of a package that is submitted, resubmitted or approved is corrected');
  end if;
  if new.undoes is not null then
    select * into undone from correction where id = new.undoes;
    if undone.undoes is not null or undone.what <> new.what
       or (undone.contract_review_id, undone.rate_review_id) is distinct from (new.contract_review_id, new.rate_review_id)
       or undone.what <> 'first_sent' and undone.revision <> new.revision then
      perform refuse('correction_undoes_its_like', 'a correction of the same version is undone, and no undoing');
    end if;
  end if;
  if new.what in ('document_withdrawn', 'document_dated') and new.undoes is null and not exists (
       select from document d
         left join contract_submission s on s.id = d.contract_submission_id
         left join rate_submission r on r.id = d.rate_submission_id
        where d.id = new.document_id and coalesce(s.revision, r.revision) = new.revision
          and (s.contract_review_id, r.rate_review_id) is not distinct from (new.contract_review_id, new.rate_review_id)) then
    perform refuse('correction_document_of_the_version', 'a document is corrected in the version that has it');
  end if;
  return new;
end $$;
create trigger correction_fits before insert on correction for each row execute function correction_fits();

-- What was not undone.
create view correction_not_undone as
select c.id, c.seq, c.contract_review_id, c.rate_review_id, c.revision, c.what, c.moment, c.contract_action, c.document_id, c.all_versions,
       jsonb_build_object('id', c.id, 'what', c.what, 'moment', c.moment, 'contract_action', c.contract_action, 'all_versions', c.all_versions,
                          'reason', c.reason, 'by', by.given_name || ' ' || by.family_name, 'at', c.made_at) as told
  from correction c join account by on by.id = c.made_by
 where c.undoes is null and not exists (select from correction undoing where undoing.undoes = c.id);

-- What counts, and of which document. One that withdraws a document from all versions counts of each that has its content
-- in a version sent up to then: what is sent never changes, so these are the same for good.
create view correction_in_force as
select id, seq, contract_review_id, rate_review_id, revision, what, moment, contract_action, document_id, told
  from correction_not_undone
union all
select c.id, c.seq, c.contract_review_id, c.rate_review_id, c.revision, c.what, c.moment, c.contract_action, other.id, c.told
  from correction_not_undone c
  join document own on own.id = c.document_id
  join contract_submission v on v.contract_review_id = c.contract_review_id and v.revision <= c.revision and v.submitted_at is not null
  join document other on other.contract_submission_id = v.id and other.sha256 = own.sha256 and other.id <> own.id
 where c.all_versions
union all
select c.id, c.seq, c.contract_review_id, c.rate_review_id, c.revision, c.what, c.moment, c.contract_action, other.id, c.told
  from correction_not_undone c
  join document own on own.id = c.document_id
  join rate_submission v on v.rate_review_id = c.rate_review_id and v.revision <= c.revision and v.submitted_at is not null
  join document other on other.rate_submission_id = v.id and other.sha256 = own.sha256 and other.id <> own.id
 where c.all_versions;

-- A document that was added stands in a list of its version; what was sent with the version is told apart from it.
alter table document add column correction_id uuid references correction (id);
alter table document drop constraint document_content_once_per_list, drop constraint document_rate_content_once_per_list;
create unique index document_content_once_per_list on document (contract_submission_id, category, sha256) where correction_id is null;
create unique index document_rate_content_once_per_list on document (rate_submission_id, category, sha256) where correction_id is null;
drop trigger document_seal on document;
create trigger document_seal before update or delete on document for each row execute function document_seal();
create trigger document_begins_unsealed before insert on document
  for each row when (new.correction_id is null) execute function document_seal();

create function document_added_by_its_correction() returns trigger language plpgsql as $$
begin
  if not exists (
       select from correction c
         left join contract_submission s on s.id = new.contract_submission_id
         left join rate_submission r on r.id = new.rate_submission_id
        where c.id = new.correction_id and c.what = 'document_added' and c.document_id = new.id
          and c.revision = coalesce(s.revision, r.revision)
          and (s.contract_review_id, r.rate_review_id) is not distinct from (c.contract_review_id, c.rate_review_id)) then
    perform refuse('document_added_by_its_correction', 'a document is added by the correction that names it');
  end if;
  return new;
end $$;
create trigger document_added_by_its_correction before insert on document
  for each row when (new.correction_id is not null) execute function document_added_by_its_correction();
-- And a correction adds no document that was sent.
create function correction_adds_its_own() returns trigger language plpgsql as $$
begin
  if not exists (select from document where id = new.document_id and correction_id = new.id) then
    perform refuse('correction_adds_its_own', 'what a correction adds belongs to it');
  end if;
  return null;
end $$;
create constraint trigger correction_adds_its_own after insert on correction deferrable initially deferred
  for each row when (new.what = 'document_added' and new.undoes is null) execute function correction_adds_its_own();

-- Lists and reports read from the case when it was first sent: that is as sent, or as corrected.
create function first_sent_as_corrected() returns trigger language plpgsql as $$
declare
  contract uuid := case tg_table_name when 'contract_review' then new.id when 'correction' then (to_jsonb(new) ->> 'contract_review_id')::uuid end;
  rate uuid := case tg_table_name when 'rate_review' then new.id when 'correction' then (to_jsonb(new) ->> 'rate_review_id')::uuid end;
begin
  if exists (
       select from contract_review where id = contract and first_submitted_at is distinct from coalesce(
         (select moment from correction_in_force where contract_review_id = contract and what = 'first_sent' order by seq desc limit 1),
         (select min(submitted_at) from contract_submission where contract_review_id = contract))
        union all
       select from rate_review where id = rate and first_submitted_at is distinct from coalesce(
         (select moment from correction_in_force where rate_review_id = rate and what = 'first_sent' order by seq desc limit 1),
         (select min(submitted_at) from rate_submission where rate_review_id = rate))) then
    perform refuse('first_sent_as_corrected', 'when something was first sent is as it was, or as it was corrected');
  end if;
  return null;
end $$;
create constraint trigger correction_of_first_sent after insert on correction deferrable initially deferred
  for each row when (new.what = 'first_sent') execute function first_sent_as_corrected();
create constraint trigger contract_review_first_sent after update of first_submitted_at on contract_review
  deferrable initially deferred for each row when (old.first_submitted_at <> new.first_submitted_at)
  execute function first_sent_as_corrected();
create constraint trigger rate_review_first_sent after update of first_submitted_at on rate_review
  deferrable initially deferred for each row when (old.first_submitted_at <> new.first_submitted_at)
  execute function first_sent_as_corrected();

-- Every correction is told in the history of its case.
insert into event_kind (kind, audience, needs_reason) values
  ('corrected', 'both', true),
  ('correction_undone', 'both', true);
create function correction_is_told() returns trigger language plpgsql as $$
begin
  if not exists (select from event
                  where row_id = coalesce(new.contract_review_id, new.rate_review_id)
                    and kind = case when new.undoes is null then 'corrected' else 'correction_undone' end
                    and details ->> 'correction' = new.id::text) then
    perform refuse('correction_is_told', 'a correction writes its event');
  end if;
  return null;
end $$;
create constraint trigger correction_is_told after insert on correction deferrable initially deferred
  for each row execute function correction_is_told();

-- Reports say what was corrected.
create or replace view report_contract as
select submission_key(review.state_code, review.number) as key,
       review.state_code,
       state.name as state_name,
       review.number,
       review.kind::text as kind,
       review.name,
       review.status::text as status,
       sent.revision,
       sent.led_to::text as led_to,
       review.first_submitted_at,
       review.last_submitted_at,
       review.released_on,
       review.mccrs_number,
       form ->> 'population_covered' as population_covered,
       array(select program.name from jsonb_array_elements_text(form -> 'program_ids') with ordinality as chosen (id, place)
               join program on program.id = chosen.id::uuid order by place) as programs,
       form ->> 'submission_type' as submission_type,
       form ->> 'contract_type' as contract_type,
       (form ->> 'risk_based_contract')::boolean as risk_based_contract,
       form ->> 'submission_description' as submission_description,
       (form ->> 'statutory_regulatory_attestation')::boolean as statutory_regulatory_attestation,
       form ->> 'statutory_regulatory_attestation_description' as statutory_regulatory_attestation_description,
       form ->> 'contract_execution_status' as contract_execution_status,
       (form ->> 'contract_date_start')::date as contract_date_start,
       (form ->> 'contract_date_end')::date as contract_date_end,
       report_texts(form -> 'managed_care_entities') as managed_care_entities,
       report_texts(form -> 'federal_authorities') as federal_authorities,
       (form ->> 'dsnp_contract')::boolean as dsnp_contract,
       (form -> 'provisions' ->> 'in_lieu_services_and_settings')::boolean as in_lieu_services_and_settings,
       (form -> 'provisions' ->> 'modified_benefits_provided')::boolean as modified_benefits_provided,
       (form -> 'provisions' ->> 'modified_geo_area_served')::boolean as modified_geo_area_served,
       (form -> 'provisions' ->> 'modified_medicaid_beneficiaries')::boolean as modified_medicaid_beneficiaries,
       (form -> 'provisions' ->> 'modified_risk_sharing_strategy')::boolean as modified_risk_sharing_strategy,
       (form -> 'provisions' ->> 'modified_incentive_arrangements')::boolean as modified_incentive_arrangements,
       (form -> 'provisions' ->> 'modified_withhold_arrangements')::boolean as modified_withhold_arrangements,
       (form -> 'provisions' ->> 'modified_state_directed_payments')::boolean as modified_state_directed_payments,
       (form -> 'provisions' ->> 'modified_pass_through_payments')::boolean as modified_pass_through_payments,
       (form -> 'provisions' ->> 'modified_payments_for_mental_disease_institutions')::boolean as modified_payments_for_mental_disease_institutions,
       (form -> 'provisions' ->> 'modified_medical_loss_ratio_standards')::boolean as modified_medical_loss_ratio_standards,
       (form -> 'provisions' ->> 'modified_other_financial_payment_incentive')::boolean as modified_other_financial_payment_incentive,
       (form -> 'provisions' ->> 'modified_enrollment_process')::boolean as modified_enrollment_process,
       (form -> 'provisions' ->> 'modified_grievance_and_appeal')::boolean as modified_grievance_and_appeal,
       (form -> 'provisions' ->> 'modified_network_adequacy_standards')::boolean as modified_network_adequacy_standards,
       (form -> 'provisions' ->> 'modified_length_of_contract')::boolean as modified_length_of_contract,
       (form -> 'provisions' ->> 'modified_non_risk_payment_arrangements')::boolean as modified_non_risk_payment_arrangements,
       (form -> 'eqro' ->> 'new_contractor')::boolean as new_contractor,
       (form -> 'eqro' ->> 'mco_eqr_or_related_activities')::boolean as mco_eqr_or_related_activities,
       (form -> 'eqro' ->> 'mco_new_optional_activity')::boolean as mco_new_optional_activity,
       (form -> 'eqro' ->> 'new_mco_eqr_related_activities')::boolean as new_mco_eqr_related_activities,
       (form -> 'eqro' ->> 'chip_eqr_related_activities')::boolean as chip_eqr_related_activities,
       form -> 'state_contacts' as state_contacts
  from contract_review review
  join state on state.code = review.state_code
  join contract_submission sent on sent.contract_review_id = review.id and sent.revision = review.sent_revision
  left join lateral (select contract_action from correction_in_force
                      where contract_review_id = review.id and revision = sent.revision and what = 'contract_action'
                      order by seq desc limit 1) corrected on true
 cross join lateral (select sent.contract_data || case when corrected.contract_action is null then '{}'
                                                    else jsonb_build_object('contract_type', corrected.contract_action) end as form) answers
 where sent.submitted_at is not null;
