-- The work of one person, $1, of a department, $2: how many rows each tab has, and the rows of a page of one. Numbers
-- and rows are of one moment and of one reading of the rules.

-- Notes that name the person and were not opened: of each subject the oldest.
with mentioned as materialized (
  select distinct on (subject) subject, note_id, written_at, written_by
    from (select coalesce(n.contract_review_id, n.rate_review_id) as subject, n.id as note_id, n.written_at, n.written_by
            from mention m join note n on n.id = m.note_id
           where m.account_id = $1 and m.opened_at is null) note
   order by subject, written_at, note_id),
-- The department's rounds that go on: one at a time on a subject.
rounds as materialized (
  select coalesce(contract_review_id, rate_review_id) as subject, id as question, round, status as round_status, asked_at,
         coalesce(recorded_for, asked_by) = $1 as asked
    from question where department = $2 and status <> 'closed'),
-- For approvers ($3): packages on whose current version every department has signed off, and since when.
ready as materialized (
  select c.id as subject, greatest(d.status_since, rates.since) as ready_since
    from contract_review c
    join department_review d on d.contract_review_id = c.id
    cross join lateral (
      select max(w.status_since) as since,
             bool_and(w.status = 'signed_off' and w.decided_revision = r.sent_revision) as signed_off
        from rate_review r join department_review w on w.rate_review_id = r.id
       where r.parent_id = c.id and r.status <> 'withdrawn') rates
   where $3::bool and c.status in ('submitted', 'resubmitted')
     and d.status = 'signed_off' and d.decided_revision = c.sent_revision and rates.signed_off is not false),
concerns as (
  select coalesce(contract_review_id, rate_review_id) as subject from department_review
   where department = $2 and (primary_reviewer_id = $1 or secondary_reviewer_id = $1 or decided_by = $1)
  union
  select coalesce(contract_review_id, rate_review_id) from department_review
   where department = $2 and primary_reviewer_id is null
  union select subject from mentioned
  union select subject from rounds where asked
  union select subject from ready),
-- Each subject once, with the department's review of it, as the filters let it through.
things as (
  select x.subject, r.id is not null as is_rate, c.id as package, c.state_code, coalesce(r.number, c.number) as number,
         case when r.id is null then c.effective_from else r.rating_from end as starts_on,
         c.status, coalesce(r.status = 'withdrawn', false) as withdrawn,
         case when r.id is null then c.sent_revision else r.sent_revision end as revision,
         d.id as review, d.status as review_status, d.status_since,
         d.primary_reviewer_id, d.secondary_reviewer_id, d.decided_revision, d.decided_by, d.decided_at,
         coalesce($1 in (d.primary_reviewer_id, d.secondary_reviewer_id), false) as mine,
         m.note_id, m.written_at, m.written_by, q.question, q.round, q.round_status, q.asked_at,
         coalesce(q.asked, false) as asked, y.ready_since
    from concerns x
    left join rate_review r on r.id = x.subject
    join contract_review c on c.id = coalesce(r.parent_id, x.subject)
    left join department_review d
      on coalesce(d.contract_review_id, d.rate_review_id) = x.subject and d.department = $2
    left join mentioned m on m.subject = x.subject
    left join rounds q on q.subject = x.subject
    left join ready y on y.subject = x.subject
   where (cardinality($4::text[]) = 0 or c.state_code = any($4))
     and (cardinality($5::contract_review_status[]) = 0 or c.status = any($5))
     and (cardinality($6::text[]) = 0
          or case $1::uuid when d.primary_reviewer_id then 'primary' when d.secondary_reviewer_id then 'secondary' else 'none' end
             = any($6))
     and (not $7::bool or exists (select from state_assignment f where f.account_id = $1 and f.state_code = c.state_code))
     and (cardinality($8::uuid[]) = 0
          or exists (select from contract_review_program p
                      where r.id is null and p.contract_review_id = c.id and p.program_id = any($8))
          or exists (select from rate_review_program p where p.rate_review_id = r.id and p.program_id = any($8)))),
-- In which tabs a thing stands, as the next step there: the first that fits.
steps as (
  select *,
         case when note_id is not null then 'mentioned'
              when ready_since is not null then 'ready'
              when asked and round_status = 'answered' then 'answered'
              when not mine or withdrawn or status not in ('submitted', 'resubmitted') then null
              when review_status = 'in_review' and decided_revision < revision then 'new_version'
              when review_status in ('not_started', 'in_review') then review_status::text end as my_turn,
         case when mine and review_status = 'awaiting_state' and not withdrawn
                   or review is null and asked and round_status = 'open'
              then case when round_status = 'open' then 'round_open' else 'unlocked' end end as waiting,
         case when review is not null and primary_reviewer_id is null and not withdrawn
                   and status in ('submitted', 'resubmitted', 'unlocked') then 'take' end as unassigned,
         case when (mine or decided_by = $1)
                   and (withdrawn or status in ('approved', 'withdrawn', 'not_subject_to_review')
                        or review_status in ('signed_off', 'objection') and decided_revision = revision)
              then 'nothing' end as decided
    from things),
work as materialized (
  select *,
         case $10::text when 'my_turn' then my_turn when 'waiting' then waiting when 'unassigned' then unassigned else decided end as step,
         coalesce(status_since, written_at,
                  case round_status when 'open' then asked_at
                    when 'answered' then (select max(sent_at) from response where question_id = question) end,
                  ready_since) as since
    from steps where coalesce(my_turn, waiting, unassigned, decided) is not null),
-- $9: the steps filtered by.
counts as (
  select count(*) filter (where my_turn is not null and (cardinality($9::text[]) = 0 or my_turn = any($9))) as my_turn,
         count(*) filter (where waiting is not null and (cardinality($9::text[]) = 0 or waiting = any($9))) as waiting,
         count(*) filter (where unassigned is not null and (cardinality($9::text[]) = 0 or unassigned = any($9))) as unassigned,
         count(*) filter (where decided is not null and (cardinality($9::text[]) = 0 or decided = any($9))) as decided
    from work),
-- $11: the order, in two numbers that both grow; then state, number, and rates after contracts.
numbered as (
  select *, (extract(epoch from since) * 1000000)::bigint as micros
    from work where step is not null and (cardinality($9::text[]) = 0 or step = any($9))),
placed as (
  select *, case when $11::text in ('urgent', 'latest') then starts_on is null when $11 = 'decided' then decided_at is null else false end as blank,
         coalesce(case $11 when 'urgent' then starts_on - date '2000-01-01' when 'latest' then date '2000-01-01' - starts_on
                    when 'longest' then micros when 'shortest' then -micros
                    else -(extract(epoch from decided_at) * 1000000)::bigint end, 0) as first,
         case when $11 in ('urgent', 'latest') then micros else 0 end as second
    from numbered),
-- $12: all that comes before (-1) or after (1) the place $13 to $18, or from the beginning (0).
page as (
  select *, row_number() over (order by blank, first, second, state_code, number, is_rate)
              * (case when $12::int < 0 then -1 else 1 end) as place
    from placed
   where case when $12 < 0 then (blank, first, second, state_code, number, is_rate) < ($13::bool, $14::bigint, $15::bigint, $16::text, $17::int, $18::bool)
              when $12 > 0 then (blank, first, second, state_code, number, is_rate) > ($13::bool, $14::bigint, $15::bigint, $16::text, $17::int, $18::bool)
              else true end
   order by place limit $19::bigint)
select counts.my_turn as "my_turn!", counts.waiting as "waiting!", counts.unassigned as "unassigned!",
       counts.decided as "decided!",
       page.subject as "subject?", page.package as "package?: ContractReviewId", page.is_rate as "is_rate?",
       page.state_code as "state_code?", s.name as "state_name?", page.number as "number?", coalesce(r.name, c.name) as "name?",
       page.step as "step?", page.since as "since?", page.starts_on as "starts_on?", page.status as "status?: ContractReviewStatus",
       page.withdrawn as "withdrawn?", page.revision as "revision?", coalesce(r.last_submitted_at, c.last_submitted_at) as "sent_at?",
       page.review as "review?: DepartmentReviewId", d.version as "review_version?",
       page.review_status as "review_status?: DepartmentReviewStatus",
       page.primary_reviewer_id as "primary?: AccountId", page.secondary_reviewer_id as "secondary?: AccountId",
       d.decision as "decision?: Decision", page.decided_revision as "decided_revision?", page.decided_by as "decided_by?: AccountId",
       decider.given_name || ' ' || decider.family_name as "decider?",
       page.note_id as "note?", author.given_name || ' ' || author.family_name as "mentioned_by?",
       page.question as "question?", page.round as "round?", page.asked_at as "asked_at?",
       (select unlocked_at from contract_submission v
         where v.contract_review_id = page.package and v.submitted_at is null and v.discarded_at is null) as "unlocked_at?",
       (select max(v.revision) from visit v where v.account_id = $1 and v.subject_id = page.subject) as "seen_revision?",
       page.blank as "blank?", page.first as "first?", page.second as "second?"
  from counts
  left join page on true
  left join contract_review c on c.id = page.package
  left join rate_review r on r.id = page.subject
  left join department_review d on d.id = page.review
  left join state s on s.code = page.state_code
  left join account decider on decider.id = page.decided_by
  left join account author on author.id = page.written_by
 order by page.place
