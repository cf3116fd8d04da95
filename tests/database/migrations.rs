//! The migrations lead up, down and up again, from nothing and over rows.

use mc_review::db::{MIGRATOR, schema};
use sqlx::PgPool;

use crate::bench::Bench;
use crate::support::database::{TestDatabase, people_and_programs};

/// Everything that a schema is made of, a line each.
const SCHEMA: &str = "
  select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
         || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text || a.attgenerated::text
    from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
  union all select 'constraint ' || conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
  union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
  union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
  union all select 'function ' || pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'type ' || t.typname || coalesce(' ' || (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid), '')
    from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd', 'r')
  union all select 'relation ' || relkind::text || ' ' || relname from pg_class where relnamespace = 'public'::regnamespace
  union all select 'view ' || viewname || ' ' || definition from pg_views where schemaname = 'public'
  order by 1";

async fn schema_of(db: &PgPool) -> Vec<String> {
    let lines: Vec<String> = sqlx::query_scalar(SCHEMA).fetch_all(db).await.unwrap();
    // sqlx's own table stays.
    lines.into_iter().filter(|line| !line.contains("_sqlx_migrations")).collect()
}

fn versions() -> Vec<i64> {
    MIGRATOR
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
        .map(|migration| migration.version)
        .collect()
}

#[tokio::test]
async fn each_migration_is_undone_without_a_trace_and_done_again_to_the_same() {
    let database = TestDatabase::empty().await;
    let db = database.pool();
    let mut before: Vec<Vec<String>> = vec![schema_of(&db).await];
    assert_eq!(before[0], [""; 0]);
    for version in versions() {
        MIGRATOR.run_to(version, &db).await.unwrap();
        before.push(schema_of(&db).await);
    }
    assert!(before.last().unwrap().len() > 200);
    for (version, schema) in versions().into_iter().zip(&before).rev() {
        MIGRATOR.undo(&db, version - 1).await.unwrap();
        assert_eq!(&schema_of(&db).await, schema, "after {version:04} was undone");
    }
    MIGRATOR.run(&db).await.unwrap();
    assert_eq!(&schema_of(&db).await, before.last().unwrap());
    schema::check(&db).await.unwrap();
}

#[tokio::test]
async fn migrations_are_undone_and_done_again_over_rows() {
    let bench = Bench::with(
        "select draft('a'); select attach('a/1', 'contract'); select rate('r', 'a'); select send('a'); select start('a'); select sign_off('a');
         select draft('b'); select draft('c', 'TX'); select send('c', 'not_subject_to_review'); select draft('d'); select delete_draft('d')",
    )
    .await;
    let tally = "select string_agg(concat_ws(' ', state_code, status, n), ', ' order by state_code, status)
                   from (select state_code, status, sum(reviews) as n from contract_review_tally group by 1, 2 having sum(reviews) > 0) t";
    let expected = "MN draft 1, MN submitted 1, TX not_subject_to_review 1";
    assert_eq!(bench.value::<String>(tally).await, expected);
    bench.done("drop function key, person, tell, draft, attach, rate, put, rate_review_by, send_rates, send, start, sign_off, approve, delete_draft, ask, ask_of_rate, close_round").await;
    // Counts are made afresh from the rows that are there.
    MIGRATOR.undo(&bench.db, 5).await.unwrap();
    MIGRATOR.run(&bench.db).await.unwrap();
    assert_eq!(bench.value::<String>(tally).await, expected);

    MIGRATOR.undo(&bench.db, 0).await.unwrap();
    let left = bench
        .texts("select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
        .await;
    assert_eq!(left, ["_sqlx_migrations"]);
    MIGRATOR.run(&bench.db).await.unwrap();
    people_and_programs(&bench.db).await.unwrap();
    assert_eq!(bench.value::<i64>("select count(*) from contract_review").await, 0);
    assert!(bench.value::<i64>("select count(*) from account").await > 10);
}

#[tokio::test]
async fn every_rule_has_a_name_that_somebody_gave_it() {
    let bench = Bench::with("").await;
    let made_up = bench
        .texts(
            "select conrelid::regclass || ' ' || conname from pg_constraint
              where connamespace = 'public'::regnamespace and contype in ('c', 'u', 'x') and conrelid <> '_sqlx_migrations'::regclass
                and conname ~ ('^' || conrelid::regclass || '_(.*_)?(check|key|excl)[0-9]*$')",
        )
        .await;
    assert_eq!(made_up, [""; 0]);
    // A rule can be told from its name: it begins with the table's.
    let strange = bench
        .texts(
            "select conrelid::regclass || ' ' || conname from pg_constraint
              where connamespace = 'public'::regnamespace and conrelid <> 0 and not starts_with(conname, conrelid::regclass::text)
             union all
             select tgrelid::regclass || ' ' || tgname from pg_trigger
              where not tgisinternal and not starts_with(tgname, tgrelid::regclass::text)",
        )
        .await;
    assert_eq!(strange, [""; 0]);
}

#[tokio::test]
async fn a_database_with_another_schema_is_refused_in_words() {
    let database = TestDatabase::empty().await;
    let db = database.pool();
    let said = async || schema::check(&db).await.unwrap_err().to_string();
    assert_eq!(said().await, "The database was never migrated: run `mc-review migrate`.");
    let newest = *versions().last().unwrap();
    MIGRATOR.run_to(newest - 1, &db).await.unwrap();
    assert_eq!(said().await, format!("The database lacks migration {newest:04}: run `mc-review migrate`."));
    assert_eq!(schema::migrate(&db).await.unwrap().len(), 1);
    assert_eq!(schema::migrate(&db).await.unwrap().len(), 0);
    schema::check(&db).await.unwrap();
}
