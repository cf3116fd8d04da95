//! `mc-review import-programs`: what a list changes, what it leaves alone, and why a list is refused.

use std::io::Write as _;

use mc_review::history;
use mc_review::programs::COLUMNS;
use sqlx::{AssertSqlSafe, PgPool};
use tempfile::NamedTempFile;

use crate::program::{answer, refusal};
use crate::support::database::TestDatabase;

/// Keys of programs that only the lists know.
const NEW: &str = "01981c52-7d10-7a41-9c3e-5b0f6d2a1e01";
const OTHER: &str = "01981c52-7d10-7a41-9c3e-5b0f6d2a1e02";

/// A list, its lines written with commas for tabs.
fn list(lines: &[String]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    let lines = lines.iter().map(|line| line.replace(',', "\t"));
    let text: Vec<String> = std::iter::once(COLUMNS.join("\t")).chain(lines).collect();
    file.write_all(text.join("\n").as_bytes()).unwrap();
    file
}

fn import(database: &TestDatabase, lines: &[String]) -> Vec<String> {
    let file = list(lines);
    let said = answer(&database.url(), &["import-programs", file.path().to_str().unwrap()]);
    said.lines().map(str::to_owned).collect()
}

fn dry_run(database: &TestDatabase, lines: &[String]) -> Vec<String> {
    let file = list(lines);
    let said = answer(&database.url(), &["import-programs", file.path().to_str().unwrap(), "--dry-run"]);
    said.lines().map(str::to_owned).collect()
}

fn refused(database: &TestDatabase, lines: &[String]) -> Vec<String> {
    let file = list(lines);
    let said = refusal(&database.url(), &["import-programs", file.path().to_str().unwrap()]);
    said.lines().map(str::to_owned).collect()
}

async fn text(db: &PgPool, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(db).await.expect("one text")
}

async fn id_of(db: &PgPool, name: &str) -> String {
    let sql = "select id::text from program where name = $1";
    sqlx::query_scalar(sql).bind(name).fetch_one(db).await.unwrap()
}

/// All that is known of programs, and how much was told of them.
const EVERYTHING: &str = "select (select string_agg(to_jsonb(p)::text, ' ' order by id) from program p)
                              || (select count(*) from event where subject = 'program')";

#[tokio::test]
async fn a_list_adds_changes_and_retires_and_leaves_alone_what_it_does_not_name() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let (snbc, pmap, msho) = (id_of(&db, "SNBC").await, id_of(&db, "PMAP").await, id_of(&db, "MSHO").await);
    let lines = [
        format!("MN,Minnesota,{NEW},NEW+,A new program,true,false,"),
        format!("MN,Minnesota,{snbc},SNBC,Special Needs Care,false,false,"),
        // Its replacement comes after it.
        format!("MN,Minnesota,{pmap},PMAP,Prepaid Medical Assistance Program,false,true,{OTHER}"),
        format!("MN,Minnesota,{msho},MSHO,Senior Health Options,false,false,"),
        format!("MN,Minnesota,{OTHER},PMAP 2,Prepaid Medical Assistance Program II,false,false,"),
    ];
    let before = text(&db, EVERYTHING).await;
    let told = [
        "MN NEW+: added, “A new program”, for rate certifications only",
        "MN SNBC: full name “Special Needs Basic Care” → “Special Needs Care”",
        "MN PMAP: replaced by nothing → PMAP 2, retired on never → ",
        "MN PMAP 2: added, “Prepaid Medical Assistance Program II”",
    ];
    let totals = "2 added, 1 changed, 1 retired, 1 as they were; 13 that the file does not name stay as they are.";

    let said = dry_run(&database, &lines);
    assert_eq!(text(&db, EVERYTHING).await, before, "a dry run changes nothing");
    let [said @ .., last] = &said[..] else { panic!("nothing was said") };
    assert!(said.len() == 4 && said.iter().zip(told).all(|(said, told)| said.starts_with(told)), "{said:?}");
    assert_eq!(*last, format!("Nothing was written. It would be: {totals}"));

    let said = import(&database, &lines);
    assert!(said.iter().zip(told).all(|(said, told)| said.starts_with(told)), "{said:?}");
    assert_eq!(said.last().unwrap(), totals);
    let retired = "select name || ' ' || (retired_on = (now() at time zone 'America/New_York')::date) || ' ' || version
                     from program where replaced_by = '01981c52-7d10-7a41-9c3e-5b0f6d2a1e02'";
    assert_eq!(text(&db, retired).await, "PMAP true 2");
    let kinds = "select string_agg(kind || ' ' || audience || ' ' || coalesce(version_before, 0), ', ' order by seq)
                   from event where subject = 'program' and at > now() - interval '1 hour'";
    assert_eq!(
        text(&db, kinds).await,
        "program_added cms 0, program_changed cms 1, program_retired cms 1, program_added cms 0"
    );
    assert!(history::verify_all(&db).await.unwrap().intact());

    // The same list again finds everything so already, and a day of retirement stays.
    let again = import(&database, &lines);
    assert_eq!(
        again,
        ["0 added, 0 changed, 0 retired, 5 as they were; 13 that the file does not name stay as they are."]
    );
    // What a list does not call deprecated any more is brought back.
    let back =
        import(&database, &[format!("MN,Minnesota,{pmap},PMAP,Prepaid Medical Assistance Program,false,false,")]);
    assert!(back[0].starts_with("MN PMAP: replaced by PMAP 2 → nothing, retired on "), "{back:?}");
    assert!(back[0].ends_with(" → never"), "{back:?}");
}

#[tokio::test]
async fn names_can_be_swapped_and_drafts_follow_while_sent_versions_keep_theirs() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let (snbc, pmap) = (id_of(&db, "SNBC").await, id_of(&db, "PMAP").await);
    // Rows as a draft leaves them, and later as sending it does; what else goes with either is not looked at here.
    let behind_the_rules = async |script: String| {
        let script = format!("begin; set local session_replication_role = replica; {script}; commit");
        sqlx::raw_sql(AssertSqlSafe(script)).execute(&db).await.unwrap();
    };
    behind_the_rules(format!(
        "insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
           values ('{NEW}', 'MN', 1, 'health_plan', 'MCR-MN-0001-SNBC', now());
         insert into contract_review_program values ('{NEW}', '{snbc}');
         insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
           select '{OTHER}', '{NEW}', 1, '{{\"program_ids\": [\"{snbc}\"]}}', 1, now(), id from account where email like 'maya%'"
    ))
    .await;
    let swapped = [
        format!("MN,Minnesota,{snbc},PMAP,Special Needs Basic Care,false,false,"),
        format!("MN,Minnesota,{pmap},SNBC,Prepaid Medical Assistance Program,false,false,"),
    ];
    let said = import(&database, &swapped);
    assert_eq!(said[..2], ["MN SNBC: name SNBC → PMAP", "MN PMAP: name PMAP → SNBC"]);
    assert_eq!(text(&db, "select name || ' ' || version from contract_review").await, "MCR-MN-0001-PMAP 1");

    behind_the_rules(
        "update contract_submission set submitted_at = now(), submitted_by = created_by, submit_reason = 'Sent', led_to = 'submitted'"
            .to_owned(),
    )
    .await;
    let again = [format!("MN,Minnesota,{snbc},SN,Special Needs Basic Care,false,false,")];
    assert_eq!(
        refused(&database, &again),
        [
            "Line 2: A sent version is named by PMAP: deprecate it and add SN under an id of its own.",
            "Nothing was loaded: 1 line is bad."
        ]
    );
}

#[tokio::test]
async fn a_list_that_excel_saved_is_loaded() {
    let database = TestDatabase::new().await;
    let text =
        format!("{}\r\nMN\tMinnesota\t{NEW}\t\"NEW, \"\"Ä\"\"\"\tA new one\tFALSE\tFALSE\t\r\n", COLUMNS.join("\t"));
    let mut file = NamedTempFile::new().unwrap();
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    file.write_all(&[b"\xFF\xFE", &units[..]].concat()).unwrap();
    let said = answer(&database.url(), &["import-programs", file.path().to_str().unwrap()]);
    assert!(said.starts_with("MN NEW, \"Ä\": added, “A new one”"), "{said}");
}

#[tokio::test]
async fn one_bad_line_keeps_the_whole_list_out_and_every_bad_line_is_named() {
    let database = TestDatabase::new().await;
    let db = database.pool();
    let (snbc, star) = (id_of(&db, "SNBC").await, id_of(&db, "STAR").await);
    let before = text(&db, EVERYTHING).await;
    let unknown = "01981c52-7d10-7a41-9c3e-5b0f6d2a1eff";
    let lines = [
        format!("MN,Minnesota,{NEW},GOOD,A good program,false,false,"),
        format!("QQ,Nowhere,{OTHER},A,B,false,false,"),
        "MN,Minnesota,7,SEVEN,Not a UUID,false,false,".to_owned(),
        format!("MN,Minnesota,{NEW},AGAIN,The same id,false,false,"),
        format!("MN,Minnesota,{snbc},GOOD,The same name,false,false,"),
        format!("MN,Minnesota,{OTHER},PMAP,The name of another,false,false,"),
        format!("MN,Minnesota,{star},STAR,Of another state,false,false,"),
        format!("WI,Wisconsin,01981c52-7d10-7a41-9c3e-5b0f6d2a1e03,X,Replaced by nobody,false,true,{unknown}"),
        format!("WI,Wisconsin,01981c52-7d10-7a41-9c3e-5b0f6d2a1e04,Y,Replaced from elsewhere,false,true,{snbc}"),
    ];
    assert_eq!(
        refused(&database, &lines),
        [
            "Line 3: There is no state “QQ”.".to_owned(),
            "Line 4: The program_id “7” is no UUID.".to_owned(),
            "Line 5: Line 2 has the same program_id.".to_owned(),
            "Line 6: Line 2 has the same name, GOOD, in MN.".to_owned(),
            "Line 7: Another program of MN is named PMAP, and the file does not name it.".to_owned(),
            "Line 8: The program_id belongs to STAR of TX.".to_owned(),
            format!("Line 9: The deprecated_by {unknown} is neither in the file nor known."),
            format!("Line 10: The deprecated_by {snbc} belongs to MN."),
            "Nothing was loaded: 8 lines are bad.".to_owned(),
        ]
    );
    assert_eq!(text(&db, EVERYTHING).await, before);
    let alike = [
        format!("MN,Minnesota,{NEW},Pen\u{303}a,One,false,false,"),
        format!("MN,Minnesota,{OTHER},PEÑA,Two,false,false,"),
        "MN,Minnesota,01981c52-7d10-7a41-9c3e-5b0f6d2a1e05,ｐｍａｐ,Three,false,false,".to_owned(),
    ];
    assert_eq!(
        refused(&database, &alike),
        [
            "Line 3: Line 2 has the same name, PEÑA, in MN.",
            "Line 4: Another program of MN is named ｐｍａｐ, and the file does not name it.",
            "Nothing was loaded: 2 lines are bad.",
        ]
    );
    let missing = refusal(&database.url(), &["import-programs", "/nowhere/list.tsv"]);
    assert!(missing.starts_with("/nowhere/list.tsv can't be read"), "{missing}");
}
