drop index session_csrf;
drop table held_form;
