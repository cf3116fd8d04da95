drop table document, blob;
drop function document_seal;
drop type document_category, scan_result;
