drop view report_rate, report_contract;
drop function report_texts;
