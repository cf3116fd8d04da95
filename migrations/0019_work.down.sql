drop index event_of_press;
drop index department_review_unassigned;
drop trigger rate_review_stands on rate_review;
drop trigger contract_review_stands on contract_review;
drop trigger department_review_stands on department_review;
drop trigger department_review_begins_to_stand on department_review;
create or replace view department_review_page (page_id, id, department, status, primary_reviewer_id, secondary_reviewer_id) as
  select contract_review_id, id, department, status, primary_reviewer_id, secondary_reviewer_id
    from department_review where contract_review_id is not null
  union all
  select r.parent_id, d.id, d.department, d.status, d.primary_reviewer_id, d.secondary_reviewer_id
    from department_review d join rate_review r on r.id = d.rate_review_id where r.status <> 'withdrawn';
drop view review_tally_made, decision_tally_made;
drop table review_tally, decision_tally, review_standing;
drop function rate_review_stands, contract_review_stands, department_review_stands, department_review_begins_to_stand, review_tally, review_parts;
drop view review_standing_made;
drop type review_part, review_stage;
