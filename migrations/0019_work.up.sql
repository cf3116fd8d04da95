-- What the page of a reviewer's day is found by: what a department reviews of a subject, what somebody decided, what
-- nobody has taken, and what a press of "Take next" took.

create index department_review_decided_by on department_review (decided_by) where decided_by is not null;
create index department_review_unassigned on department_review (department) where primary_reviewer_id is null;
create index event_of_press on event ((details ->> 'press')) where details ? 'press';
