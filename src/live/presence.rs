//! Who of CMS has the page of a submission or rate open: said by open streams at every beat, forgotten a minute after.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::place::{Place, open};
use super::stream::Asked;
use crate::domain::id::AccountId;
use crate::domain::role::Side;
use crate::web::{Error, Result, SignedIn};

/// Whoever was not heard of for so long is gone.
const GONE_AFTER: Duration = Duration::seconds(60);

/// Notes that people have pages open now, and forgets who is gone.
///
/// # Errors
/// When the database fails.
pub async fn note(db: &PgPool, open: &[(Uuid, AccountId)], now: OffsetDateTime) -> sqlx::Result<()> {
    let (pages, accounts): (Vec<Uuid>, Vec<Uuid>) = open.iter().map(|(page, account)| (*page, account.0)).unzip();
    // In one order, so that processes which note the same do not wait for each other in a circle.
    sqlx::query!(
        "insert into presence (subject_id, account_id, seen_at)
         select distinct page, account, $3::timestamptz from unnest($1::uuid[], $2::uuid[]) as open (page, account)
          order by page, account
         on conflict (subject_id, account_id) do update set seen_at = excluded.seen_at",
        &pages,
        &accounts,
        now,
    )
    .execute(db)
    .await?;
    sqlx::query!("delete from presence where seen_at <= $1", now - GONE_AFTER).execute(db).await?;
    Ok(())
}

/// Who has these pages open, through whichever process, in one order.
///
/// # Errors
/// When the database fails.
pub async fn here(
    db: &PgPool,
    open: &[(Uuid, AccountId)],
    now: OffsetDateTime,
) -> sqlx::Result<Vec<(Uuid, AccountId)>> {
    let pages: Vec<Uuid> = open.iter().map(|(page, _)| *page).collect();
    let rows = sqlx::query!(
        r#"select subject_id, account_id as "account_id: AccountId" from presence
            where subject_id = any($1) and seen_at > $2 order by subject_id, account_id"#,
        &pages,
        now - GONE_AFTER,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.subject_id, row.account_id)).collect())
}

/// `GET /presence?on=submission:MN-0005`: who else of CMS has the page open, as a sentence; nothing where nobody has.
///
/// # Errors
/// [`Error::NotFound`] for states, and for what is no such page.
pub async fn get(who: SignedIn, asked: web::Query<Asked>) -> Result<HttpResponse> {
    if who.person().side() == Side::State {
        return Err(Error::NotFound);
    }
    let mut conn = who.app.db.acquire().await?;
    let opened = open(&mut conn, who.person(), asked.on()).await?;
    let Place::Page(page) = opened.place else { return Err(Error::NotFound) };
    let names = sqlx::query_scalar!(
        r#"select a.given_name || ' ' || a.family_name as "name!"
             from presence p join account a on a.id = p.account_id
            where p.subject_id = $1 and p.seen_at > $2 and a.id <> $3 and a.active and a.role <> 'state_user'
            order by a.family_name, a.given_name"#,
        page,
        who.app.clock.now() - GONE_AFTER,
        who.person().id as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(match sentence(&names) {
        Some(sentence) => HttpResponse::Ok().insert_header(ContentType::plaintext()).body(sentence),
        None => HttpResponse::NoContent().finish(),
    })
}

fn sentence(names: &[String]) -> Option<String> {
    let (last, others) = names.split_last()?;
    Some(match others {
        [] => format!("{last} has this open too."),
        others => format!("{} and {last} have this open too.", others.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_are_here_are_named_in_one_sentence() {
        let names = ["Dana Ruiz", "Kim Ode", "Sam Lee"].map(str::to_owned);
        assert_eq!(sentence(&names[..0]), None);
        assert_eq!(sentence(&names[..1]).unwrap(), "Dana Ruiz has this open too.");
        assert_eq!(sentence(&names).unwrap(), "Dana Ruiz, Kim Ode and Sam Lee have this open too.");
    }
}
