-- What stands of the submissions of a walk, whose keys are given: one document.
with own as (select * from contract_review where id = any($1)),
     rate as (select * from rate_review where parent_id = any($1)),
     version as (select s.* from contract_submission s join own on own.id = s.contract_review_id)
select jsonb_build_object(
  'contracts', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'status', status, 'version', version,
      'sent_revision', sent_revision, 'deleted', deleted_at is not null, 'released', released_on is not null,
      'mccrs_number', mccrs_number, 'turn', (select turn from contract_review_turn where contract_review_id = own.id),
      'rounds', (select jsonb_build_array(count(*) filter (where p.status = 'open'), count(*) filter (where p.status = 'answered'))
                   from question_page p where p.page_id = own.id)) order by id), '[]') from own),
  'versions', (select coalesce(jsonb_agg(jsonb_build_object('contract', contract_review_id, 'revision', revision,
      'version', version, 'led_to', led_to, 'discarded', discarded_at is not null,
      'population', contract_data ->> 'population_covered', 'includes', contract_data ->> 'submission_type',
      'package', (select coalesce(jsonb_agg(jsonb_build_array(p.rate_review_id, p.position, r.revision) order by p.position), '[]')
                    from package_rate p left join rate_submission r on r.id = p.rate_submission_id
                   where p.contract_submission_id = version.id)) order by contract_review_id, revision), '[]') from version),
  'rates', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'status', status, 'version', version, 'parent', parent_id,
      'sent_revision', sent_revision, 'withdrawn_with_parent', withdrawn_with_parent, 'deleted', deleted_at is not null,
      'rounds', (select jsonb_build_array(count(*) filter (where p.status = 'open'), count(*) filter (where p.status = 'answered'))
                   from question_page p where p.page_id = rate.id)) order by id), '[]') from rate),
  'rate_versions', (select coalesce(jsonb_agg(jsonb_build_object('rate', s.rate_review_id, 'revision', s.revision,
      'sent', s.submitted_at is not null, 'discarded', s.discarded_at is not null) order by s.rate_review_id, s.revision), '[]')
      from rate_submission s join rate on rate.id = s.rate_review_id),
  'reviews', (select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'subject', coalesce(d.contract_review_id, d.rate_review_id),
      'department', d.department, 'status', d.status, 'status_before', d.status_before, 'decision', d.decision,
      'decision_note', d.decision_note, 'decided_revision', d.decided_revision, 'primary', d.primary_reviewer_id,
      'secondary', d.secondary_reviewer_id, 'version', d.version)
      order by coalesce(d.contract_review_id, d.rate_review_id), d.department), '[]')
      from department_review d
     where d.contract_review_id = any($1) or d.rate_review_id in (select id from rate)),
  'rounds', (select coalesce(jsonb_agg(jsonb_build_object('id', q.id, 'subject', coalesce(q.contract_review_id, q.rate_review_id),
      'department', q.department, 'round', q.round, 'status', q.status, 'version', q.version,
      'said', jsonb_build_array(q.asked_by, q.recorded_for),
      'closed', case when q.status = 'closed' then jsonb_build_array(q.closed_because, q.closed_by) end, 'removed', q.removed_at is not null,
      'responses', (select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'said', jsonb_build_array(x.sent_by, x.recorded_for),
          'removed', x.removed_at is not null) order by x.id), '[]') from response x where x.question_id = q.id))
      order by coalesce(q.contract_review_id, q.rate_review_id), q.department, q.round), '[]')
      from question q
     where q.contract_review_id = any($1) or q.rate_review_id in (select id from rate)))
