drop trigger account_leaves_no_review on account;
drop table department_review;
drop function account_leaves_no_review, department_review_people;
drop type department_decision, department_review_status;
delete from status_transition where subject = 'department_review';
