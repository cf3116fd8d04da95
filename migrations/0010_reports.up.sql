-- What was sent, for questions in SQL: a row per review as its latest sent version says, a typed column per answer.
-- Drafts are in neither view. A migration that raises a form version replaces them, so that they read every version.

-- A list of a form as an array, in its order; null where the form does not ask.
create function report_texts(list jsonb) returns text[] language sql immutable as $$
  select case when list is not null
    then array(select entry from jsonb_array_elements_text(list) with ordinality as t (entry, place) order by place) end
$$;

create view report_contract as
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

create view report_rate as
select rate_key(review.state_code, review.number) as key,
       review.state_code,
       state.name as state_name,
       review.number,
       review.name,
       review.status::text as status,
       submission_key(parent.state_code, parent.number) as parent,
       sent.revision,
       review.first_submitted_at,
       review.last_submitted_at,
       form ->> 'rate_type' as rate_type,
       form ->> 'rate_capitation_type' as rate_capitation_type,
       array(select program.name from jsonb_array_elements_text(form -> 'rate_program_ids') with ordinality as chosen (id, place)
               join program on program.id = chosen.id::uuid order by place) as programs,
       report_texts(form -> 'rate_medicaid_populations') as rate_medicaid_populations,
       (form ->> 'rate_date_start')::date as rate_date_start,
       (form ->> 'rate_date_end')::date as rate_date_end,
       (form ->> 'rate_date_certified')::date as rate_date_certified,
       (form ->> 'amendment_effective_date_start')::date as amendment_effective_date_start,
       (form ->> 'amendment_effective_date_end')::date as amendment_effective_date_end,
       form -> 'certifying_actuaries' as certifying_actuaries,
       form ->> 'actuary_communication_preference' as actuary_communication_preference
  from rate_review review
  join state on state.code = review.state_code
  join contract_review parent on parent.id = review.parent_id
  join rate_submission sent on sent.rate_review_id = review.id and sent.revision = review.sent_revision
 cross join lateral (select sent.rate_data as form) answers
 where sent.submitted_at is not null;
