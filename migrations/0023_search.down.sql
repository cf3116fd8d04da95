drop index contract_review_found, rate_review_found;
drop trigger contract_review_is_searched on contract_review;
drop trigger rate_review_is_searched on rate_review;
drop trigger program_is_searched on program;
drop trigger question_is_searched on question;
drop trigger response_is_searched on response;
do $$
declare
  searched record;
begin
  for searched in select tgrelid::regclass::text as changed, tgname from pg_trigger where tgname ~ '_is_searched_after_(insert|update|delete)$'
  loop
    execute format('drop trigger %s on %s', searched.tgname, searched.changed);
  end loop;
end $$;
drop table search_stale, search_word, search_entry;
drop view search_standing;
drop function search_catch_up, search_contract_review, search_rate_review, search_case, search_rate_submission,
  search_program_of_rate, search_program, search_document, search_subject, search_response, search_removed_question, search_removed_response, search_holders, search_touch, search_refresh, search_made, search_pieces, search_people, search_words_of, search_words, search_split;
drop view document_in_view;
drop type search_place;
drop type search_scope;
drop extension pg_trgm;
