drop table history_checkpoint;
drop function history_checkpoint_follows;
