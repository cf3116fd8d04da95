//! Further versions of submissions, for tests that only read them: an unlock and a resubmission as plain SQL writes them.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::story::Story;
use super::world::World;

/// What both steps need, for the length of a transaction.
const HELPERS: &str = "
create function pg_temp.person(name text) returns account language sql as $$
  select a from account a where email like name || '@%'
$$;
create function pg_temp.tell(what text, actor text, of_table text, of_row uuid, before text, after text, now_version integer,
                             at_time timestamptz, why text, more jsonb) returns void language plpgsql as $$
declare
  who account := pg_temp.person(actor);
  about uuid := of_row;
begin
  if of_table = 'department_review' then
    select coalesce(contract_review_id, rate_review_id) into about from department_review where id = of_row;
  end if;
  insert into event (id, at, actor_id, actor_name, actor_role, actor_department, actor_state, subject, subject_id, kind, audience,
                     row_table, row_id, status_before, status_after, version_before, version_after, reason, details,
                     previous_sha256, sha256)
    select gen_random_uuid(), at_time, who.id, who.given_name || ' ' || who.family_name, who.role, who.department, who.state_code,
           case when exists (select from rate_review where id = about) then 'rate_review' else 'contract_review' end::event_subject,
           about, what, audience, of_table, of_row, before, after, now_version - 1, now_version, why, more, '', ''
      from event_kind where kind = what;
end $$;
create function pg_temp.copy_documents(old_version uuid, new_version uuid, of_rate boolean) returns void language sql as $$
  insert into document (id, contract_submission_id, rate_submission_id, category, sha256, file_name, position, uploaded_at,
                        uploaded_by, first_submitted_at)
    select gen_random_uuid(), case when not of_rate then new_version end, case when of_rate then new_version end, category, sha256,
           file_name, position, uploaded_at, uploaded_by, first_submitted_at
      from document where old_version in (contract_submission_id, rate_submission_id)
$$;";

const UNLOCK: &str = "
do $$
declare
  review contract_review;
  old_version contract_submission;
  new_id uuid := gen_random_uuid();
  reviewer account := pg_temp.person('sam.lee');
  rate rate_review;
  old_rate rate_submission;
  new_rate uuid;
  waiting record;
begin
  select * into review from contract_review where id = 'REVIEW';
  select * into old_version from contract_submission where contract_review_id = review.id and revision = review.sent_revision;
  insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by,
                                   unlocked_at, unlocked_by, unlock_reason)
    select new_id, review.id, max(revision) + 1, old_version.contract_data, old_version.form_version, 'NOW', reviewer.id,
           'NOW', reviewer.id, 'Mend the dates.'
      from contract_submission where contract_review_id = review.id;
  perform pg_temp.copy_documents(old_version.id, new_id, false);
  update contract_review set status = 'unlocked' where id = review.id;
  perform pg_temp.tell('unlocked', 'sam.lee', 'contract_review', review.id, review.status::text, 'unlocked', review.version + 1,
                       'NOW', 'Mend the dates.', '{}');
  for rate in select r.* from package_rate p join rate_review r on r.id = p.rate_review_id
               where p.contract_submission_id = old_version.id and r.parent_id = review.id and r.status <> 'withdrawn' order by r.id
  loop
    select * into old_rate from rate_submission where rate_review_id = rate.id and revision = rate.sent_revision;
    new_rate := gen_random_uuid();
    insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version, created_at,
                                 created_by, unlocked_at, unlocked_by, unlock_reason)
      select new_rate, rate.id, max(revision) + 1, new_id, old_rate.rate_data, old_rate.form_version, 'NOW', reviewer.id,
             'NOW', reviewer.id, 'Mend the dates.'
        from rate_submission where rate_review_id = rate.id;
    perform pg_temp.copy_documents(old_rate.id, new_rate, true);
    update rate_review set status = 'unlocked' where id = rate.id;
    perform pg_temp.tell('unlocked', 'sam.lee', 'rate_review', rate.id, rate.status::text, 'unlocked', rate.version + 1, 'NOW',
                         'Mend the dates.', '{}');
  end loop;
  insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
    select new_id, p.contract_review_id, p.state_code, p.rate_review_id, p.position
      from package_rate p join rate_review r on r.id = p.rate_review_id
     where p.contract_submission_id = old_version.id and r.status <> 'withdrawn';
  for waiting in
    select d.* from department_review d left join rate_review r on r.id = d.rate_review_id
     where d.contract_review_id = review.id or r.status = 'unlocked' and r.parent_id = review.id order by d.id
  loop
    update department_review set status = 'awaiting_state', status_before = waiting.status, status_since = 'NOW' where id = waiting.id;
    perform pg_temp.tell('review_waiting', 'sam.lee', 'department_review', waiting.id, waiting.status::text, 'awaiting_state',
                         waiting.version + 1, 'NOW', null, jsonb_build_object('department', waiting.department));
  end loop;
end $$";

const RESUBMIT: &str = "
do $$
declare
  review contract_review;
  draft contract_submission;
  writer account := pg_temp.person('maya.lindqvist');
  rate rate_review;
  rate_draft rate_submission;
  waiting record;
begin
  select * into review from contract_review where id = 'REVIEW';
  select * into draft from contract_submission
   where contract_review_id = review.id and submitted_at is null and discarded_at is null;
  update contract_submission set contract_data = contract_data || 'ANSWERS'::jsonb where id = draft.id;
  for rate in select r.* from rate_review r where r.parent_id = review.id and r.status = 'unlocked' order by r.id loop
    select * into rate_draft from rate_submission where rate_review_id = rate.id and submitted_at is null and discarded_at is null;
    update document set first_submitted_at = coalesce(first_submitted_at, 'NOW') where rate_submission_id = rate_draft.id;
    update rate_submission
       set rate_data = rate_data || 'RATE'::jsonb, submitted_at = 'NOW', submitted_by = writer.id, submit_reason = 'SUMMARY'
     where id = rate_draft.id;
    update rate_review set status = 'resubmitted', sent_revision = rate_draft.revision, last_submitted_at = 'NOW' where id = rate.id;
    perform pg_temp.tell('resubmitted', 'maya.lindqvist', 'rate_review', rate.id, 'unlocked', 'resubmitted', rate.version + 1,
                         'NOW', 'SUMMARY', jsonb_build_object('revision', rate_draft.revision));
  end loop;
  update package_rate p set rate_submission_id = s.id
    from rate_review r join rate_submission s on s.rate_review_id = r.id and s.revision = r.sent_revision
   where p.contract_submission_id = draft.id and r.id = p.rate_review_id;
  update document set first_submitted_at = coalesce(first_submitted_at, 'NOW') where contract_submission_id = draft.id;
  update contract_submission
     set submitted_at = 'NOW', submitted_by = writer.id, submit_reason = 'SUMMARY', led_to = 'resubmitted' where id = draft.id;
  update contract_review set status = 'resubmitted', sent_revision = draft.revision, last_submitted_at = 'NOW' where id = review.id;
  perform pg_temp.tell('resubmitted', 'maya.lindqvist', 'contract_review', review.id, 'unlocked', 'resubmitted',
                       review.version + 1, 'NOW', 'SUMMARY', jsonb_build_object('revision', draft.revision));
  for waiting in
    select d.* from department_review d left join rate_review r on r.id = d.rate_review_id
     where d.status = 'awaiting_state' and (d.contract_review_id = review.id or r.parent_id = review.id) order by d.id
  loop
    update department_review
       set status = case when waiting.status_before = 'not_started' then 'not_started' else 'in_review' end::department_review_status,
           status_before = null, status_since = 'NOW'
     where id = waiting.id;
    perform pg_temp.tell('review_resumed', 'maya.lindqvist', 'department_review', waiting.id, 'awaiting_state',
                         case when waiting.status_before = 'not_started' then 'not_started' else 'in_review' end,
                         waiting.version + 1, 'NOW', null, jsonb_build_object('department', waiting.department));
  end loop;
end $$";

const PUT_ASIDE: &str = "
do $$
declare
  review contract_review;
  admin account := pg_temp.person('alex.morgan');
  waiting record;
begin
  select * into review from contract_review where id = 'REVIEW';
  update contract_submission set discarded_at = 'NOW', discarded_by = admin.id, discard_reason = 'A mistake.'
   where contract_review_id = review.id and submitted_at is null and discarded_at is null;
  update contract_review set status = 'submitted' where id = review.id;
  perform pg_temp.tell('unlock_undone', 'alex.morgan', 'contract_review', review.id, 'unlocked', 'submitted', review.version + 1,
                       'NOW', 'A mistake.', '{}');
  for waiting in select * from department_review where contract_review_id = review.id and status = 'awaiting_state' loop
    update department_review set status = waiting.status_before, status_before = null, status_since = 'NOW' where id = waiting.id;
    perform pg_temp.tell('review_resumed', 'alex.morgan', 'department_review', waiting.id, 'awaiting_state',
                         waiting.status_before::text, waiting.version + 1, 'NOW', null,
                         jsonb_build_object('department', waiting.department));
  end loop;
end $$";

/// What the state says of its changes.
pub const SUMMARY: &str = "The dates are mended.";

impl World {
    /// Sam Lee unlocks a submission with its own rates; its next version is the state's to write.
    pub async fn unlock(&self, story: &Story) {
        self.step(story, UNLOCK, &json!({}), &json!({})).await;
    }

    /// Maya Lindqvist sends the version that is open, with these answers in place of those before.
    pub async fn resend(&self, story: &Story, answers: &Value, rate_answers: &Value) {
        self.step(story, RESUBMIT, answers, rate_answers).await;
    }

    /// An admin undoes the unlock: what the state has written since is set aside. Without rates.
    pub async fn put_aside(&self, story: &Story) {
        self.step(story, PUT_ASIDE, &json!({}), &json!({})).await;
    }

    async fn step(&self, story: &Story, script: &str, answers: &Value, rate_answers: &Value) {
        let now = self.clock.now().format(&time::format_description::well_known::Rfc3339).expect("a time is written");
        let script = script
            .replace("'REVIEW'", &format!("'{}'", story.id))
            .replace("'NOW'", &format!("'{now}'::timestamptz"))
            .replace("'SUMMARY'", &format!("'{SUMMARY}'"))
            .replace("'ANSWERS'", &format!("'{answers}'"))
            .replace("'RATE'", &format!("'{rate_answers}'"));
        let mut connection = self.db.acquire().await.expect("a connection is free").detach();
        for text in [HELPERS.to_owned(), script] {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.expect("the rules hold");
        }
    }
}
