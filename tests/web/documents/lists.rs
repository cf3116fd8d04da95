//! The lists of a version: adding, removing, dates, what is new, and the table that shows them.

use askama::Template;
use mc_review::documents::{DocumentTable, FileProblem, Owner, of_submission, remove, sealed_at_submit};
use mc_review::domain::document::Category;
use mc_review::domain::id::ContractSubmissionId;
use mc_review::domain::role::Side;
use scraper::Html;
use sqlx::PgConnection;
use time::macros::datetime;
use uuid::Uuid;

use super::{PDF, attached, stored, uploaded, version_of, world_with};
use crate::support::page::{selector, words};

async fn names(conn: &mut PgConnection, version: ContractSubmissionId) -> Vec<String> {
    of_submission(conn, version).await.unwrap().into_iter().map(|document| document.file_name).collect()
}

#[tokio::test]
async fn files_stand_by_list_in_the_order_in_which_they_came() {
    let world = world_with("select draft('a')").await;
    let version = version_of(&world, "a").await;
    let mut conn = world.db.acquire().await.unwrap();
    for (category, name) in [
        (Category::ContractSupporting, "letter.csv"),
        (Category::Contract, "z.csv"),
        (Category::Contract, "a.csv"),
        (Category::Contract, "m.csv"),
    ] {
        let file = stored(&world, category, name, name.as_bytes()).await;
        attached(&world, &mut conn, version, &file).await.unwrap();
    }
    assert_eq!(names(&mut conn, version).await, ["z.csv", "a.csv", "m.csv", "letter.csv"]);

    let first = of_submission(&mut conn, version).await.unwrap().remove(0);
    let removed = remove(&mut conn, Owner::Contract(version), first.id).await.unwrap();
    assert_eq!(removed.map(|document| document.file_name).as_deref(), Some("z.csv"));
    assert!(remove(&mut conn, Owner::Contract(version), first.id).await.unwrap().is_none());
    let again = stored(&world, Category::Contract, "z.csv", b"z.csv").await;
    attached(&world, &mut conn, version, &again).await.unwrap();
    assert_eq!(names(&mut conn, version).await, ["a.csv", "m.csv", "z.csv", "letter.csv"]);
}

#[tokio::test]
async fn a_document_of_another_version_is_not_removed() {
    let world = world_with("select draft('a'); select draft('b')").await;
    let document = uploaded(&world, version_of(&world, "a").await, "a.pdf", PDF).await;
    let mut conn = world.db.acquire().await.unwrap();
    assert!(remove(&mut conn, Owner::Contract(version_of(&world, "b").await), document).await.unwrap().is_none());
    assert_eq!(names(&mut conn, version_of(&world, "a").await).await, ["a.pdf"]);
}

#[tokio::test]
async fn a_content_stands_once_in_a_list_and_may_stand_in_both() {
    let world = world_with("select draft('a')").await;
    let version = version_of(&world, "a").await;
    uploaded(&world, version, "first.pdf", PDF).await;
    let mut conn = world.db.acquire().await.unwrap();
    let copy = stored(&world, Category::Contract, "copy.pdf", PDF).await;
    let problem = attached(&world, &mut conn, version, &copy).await.unwrap_err();
    assert_eq!(
        (problem.code(), problem.message()),
        ("file_duplicate", "copy.pdf has the same content as first.pdf, which is already in this list.".to_owned())
    );
    let supporting = stored(&world, Category::ContractSupporting, "copy.pdf", PDF).await;
    attached(&world, &mut conn, version, &supporting).await.unwrap();
    let same_name = stored(&world, Category::Contract, "first.pdf", b"%PDF- another %%EOF").await;
    attached(&world, &mut conn, version, &same_name).await.unwrap();
    assert_eq!(names(&mut conn, version).await, ["first.pdf", "first.pdf", "copy.pdf"]);
}

#[tokio::test]
async fn the_51st_file_of_a_list_is_refused() {
    let world = world_with(
        "select draft('a'); select attach('a/1', 'file ' || n, 'contract', n) from generate_series(1, 49) n",
    )
    .await;
    let version = version_of(&world, "a").await;
    uploaded(&world, version, "50.pdf", PDF).await;
    let mut conn = world.db.acquire().await.unwrap();
    let file = stored(&world, Category::Contract, "51.csv", b"51").await;
    let problem = attached(&world, &mut conn, version, &file).await.unwrap_err();
    assert_eq!((&problem, problem.message()), (&FileProblem::TooMany, "At most 50 files.".to_owned()));
    let supporting = stored(&world, Category::ContractSupporting, "51.csv", b"51").await;
    attached(&world, &mut conn, version, &supporting).await.unwrap();
    assert_eq!(names(&mut conn, version).await.len(), 51);
}

#[tokio::test]
async fn a_content_keeps_the_date_at_which_it_was_first_sent_and_only_others_are_new() {
    let world = world_with("select draft('a'); select draft('other')").await;
    let first = version_of(&world, "a").await;
    uploaded(&world, first, "old.pdf", PDF).await;
    uploaded(&world, version_of(&world, "other").await, "elsewhere.csv", b"elsewhere").await;
    let mut tx = world.db.begin().await.unwrap();
    let (then, now) = (datetime!(2026-03-11 04:00 UTC), datetime!(2026-05-01 12:00 UTC));
    let review = sqlx::query_scalar("select key('a')").fetch_one(&mut *tx).await.map(Uuid::into).unwrap();
    sealed_at_submit(&mut tx, review, first, then).await.unwrap();
    sqlx::raw_sql("select send('other')").execute(&mut *tx).await.unwrap();
    sqlx::query(
        "update contract_submission set submitted_at = $2, submitted_by = created_by, submit_reason = 'Initial submission',
                led_to = 'submitted' where id = $1",
    )
    .bind(first.0)
    .bind(then)
    .execute(&mut *tx)
    .await
    .unwrap();
    let second: ContractSubmissionId = world.clock.new_id();
    sqlx::query(
        "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by,
                                          unlocked_at, unlocked_by, unlock_reason)
         select $1, key('a'), 2, '{}', 1, $2, person('sam.lee'), $2, person('sam.lee'), 'Because'",
    )
    .bind(second.0)
    .bind(now)
    .execute(&mut *tx)
    .await
    .unwrap();
    for (category, name, content) in [
        // Moved from one list to the other: not new.
        (Category::ContractSupporting, "moved.pdf", PDF),
        (Category::Contract, "new.csv", &b"new"[..]),
        (Category::Contract, "elsewhere.csv", b"elsewhere"),
    ] {
        let file = stored(&world, category, name, content).await;
        attached(&world, &mut tx, second, &file).await.unwrap();
    }
    sealed_at_submit(&mut tx, review, second, now).await.unwrap();
    let told = of_submission(&mut tx, second).await.unwrap().into_iter();
    let told: Vec<_> = told.map(|d| (d.file_name, d.first_submitted_at, d.is_new)).collect();
    assert_eq!(
        told,
        [
            ("new.csv".to_owned(), Some(now), true),
            ("elsewhere.csv".to_owned(), Some(now), true),
            ("moved.pdf".to_owned(), Some(then), false)
        ]
    );
    let told = of_submission(&mut tx, first).await.unwrap();
    assert_eq!((told[0].first_submitted_at, told[0].is_new), (Some(then), false));
}

#[tokio::test]
async fn a_table_shows_what_can_be_had_and_what_is_held_back() {
    let world = world_with("select draft('a')").await;
    let version = version_of(&world, "a").await;
    let clean = uploaded(&world, version, "<b>.pdf", PDF).await;
    uploaded(&world, version, "bad.csv", b"bad").await;
    let mut conn = world.db.acquire().await.unwrap();
    sqlx::query("update blob set scan = 'infected' where media_type = 'text/csv'").execute(&mut *conn).await.unwrap();
    let tables =
        DocumentTable::of_lists(of_submission(&mut conn, version).await.unwrap(), &Category::CONTRACT, Side::Cms);
    let drawn: Vec<_> = tables.iter().map(|table| Html::parse_fragment(&table.render().unwrap())).collect();
    let text = |table: &Html, css: &str| words(table.select(&selector(css)).next().unwrap());

    assert_eq!(text(&drawn[0], "caption"), "Contract documents");
    let link = drawn[0].select(&selector("tbody a")).next().unwrap();
    assert_eq!((link.attr("href"), words(link).as_str()), (Some(format!("/documents/{clean}").as_str()), "<b>.pdf"));
    assert_eq!(drawn[0].select(&selector("tbody a")).count(), 1);
    assert_eq!(text(&drawn[0], "tbody tr:nth-child(2) .tag"), "Virus found");
    assert_eq!(text(&drawn[0], "tbody td[data-label='Date added']"), "Not yet submitted");
    let fingerprint = drawn[0].select(&selector("code")).next().unwrap();
    assert!(fingerprint.attr("title").is_some_and(|whole| whole.len() == 64 && whole.starts_with(&words(fingerprint))));
    assert_eq!(text(&drawn[1], "tbody"), "No documents");
}
