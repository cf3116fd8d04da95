drop table list_default, saved_view_version, saved_view;
drop function list_default_is_there, saved_view_is_kept, saved_view_version_is_true, saved_view_stays;
