drop index event_of_press;
drop index department_review_unassigned;
drop index department_review_decided_by;
