-- What was corrected can't be kept without its words.
do $$ begin
  if exists (select from correction) then
    raise exception 'something was corrected: the schema before this one has no words for it';
  end if;
end $$;

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
 cross join lateral (select sent.contract_data as form) answers
 where sent.submitted_at is not null;

drop trigger contract_review_first_sent on contract_review;
drop trigger rate_review_first_sent on rate_review;
drop trigger document_added_by_its_correction on document;
drop trigger document_begins_unsealed on document;
drop trigger document_seal on document;
create trigger document_seal before insert or update or delete on document for each row execute function document_seal();
drop index document_content_once_per_list, document_rate_content_once_per_list;
alter table document
  drop column correction_id,
  add constraint document_content_once_per_list unique (contract_submission_id, category, sha256),
  add constraint document_rate_content_once_per_list unique (rate_submission_id, category, sha256);
drop view correction_in_force, correction_not_undone;
drop table correction;
drop function correction_fits, document_added_by_its_correction, correction_adds_its_own, first_sent_as_corrected, correction_is_told;
drop type correction_kind;
delete from event_kind where kind in ('corrected', 'correction_undone');
