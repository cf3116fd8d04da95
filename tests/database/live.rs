//! Whatever happens is heard by its number alone, and only people of CMS are noted as being somewhere.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::time::timeout;

use crate::bench::Bench;

const SENT: &str = "select draft('a'); select rate('r', 'a'); select send('a'); select draft('d')";

fn here(page: &str, whom: &str) -> String {
    format!("insert into presence values (key('{page}'), person('{whom}'), now())")
}

#[tokio::test]
async fn every_entry_is_heard_once_it_stands_and_by_its_number_alone() {
    let bench = Bench::with("").await;
    let mut listener = PgListener::connect_with(&bench.db).await.unwrap();
    listener.listen("event").await.unwrap();
    let before: i64 = bench.value("select max(seq) from event").await;
    bench.tried("select draft('taken back')").await.unwrap();
    bench.done(SENT).await;
    let stand: Vec<String> =
        bench.texts(&format!("select seq::text from event where seq > {before} order by seq")).await;
    assert!(stand.len() >= 5, "{stand:?}");
    for seq in stand {
        let heard = timeout(Duration::from_secs(10), listener.recv()).await.expect("it is heard").unwrap();
        assert_eq!(heard.payload(), seq, "what was taken back is not heard");
    }
}

#[tokio::test]
async fn people_of_cms_who_are_active_are_noted_and_nobody_else() {
    let bench = Bench::with(SENT).await;
    let right = here("a", "sam.lee");
    bench.rule("presence_of_cms", &right, &here("a", "maya.lindqvist")).await;
    bench.tried(&here("r", "rita.olsen")).await.unwrap();
    let left = format!("update account set active = false where id = person('sam.lee'); {right}");
    bench.refused("presence_of_cms", &left).await;
    let handed_over = format!("{right}; update presence set account_id = person('maya.lindqvist')");
    bench.refused("presence_of_cms", &handed_over).await;
    // Saying so again counts, and makes no second row.
    let again =
        format!("{right}; {right} on conflict (subject_id, account_id) do update set seen_at = excluded.seen_at");
    bench.tried(&again).await.unwrap();
}

#[tokio::test]
async fn nobody_of_cms_is_where_cms_can_not_be() {
    let bench = Bench::with(SENT).await;
    for nowhere in ["d", "nothing"] {
        bench.rule("presence_on_what_was_sent", &here("a", "sam.lee"), &here(nowhere, "sam.lee")).await;
    }
}
