drop view told_row;
