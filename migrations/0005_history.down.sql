drop trigger contract_review_change_is_told on contract_review;
drop trigger department_review_change_is_told on department_review;
drop trigger event_append_only on event;
drop function event_sha256;
drop table event, event_head, event_kind;
drop function status_change_is_told, event_head_follows, append_only, event_moves_activity, event_chain;
drop type event_audience, event_subject;
