drop table session, state_assignment, account, program, state;
drop function numbers_never_go_back, never_removed, refuse, grow_version, comparison_key, is_blank, without_ignorable;
drop type department, account_role;
