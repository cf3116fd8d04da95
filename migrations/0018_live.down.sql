drop table presence;
drop function presence_is_of_cms();
drop trigger event_is_heard on event;
drop function event_is_heard();
