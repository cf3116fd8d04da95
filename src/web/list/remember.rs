//! `POST` of a list: the columns that a person wants to see of it, from now on and in the address that follows.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::{Choices, List, ListQuery, asked, column};
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, see_other};

#[derive(Debug, Deserialize)]
struct Wish {
    /// The query of the list on view.
    query: String,
    #[serde(rename = "do")]
    deed: Deed,
    #[serde(default)]
    cols: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Choose,
    Reset,
}

/// Remembers the columns, or forgets them, and leads back to the same list.
///
/// # Errors
/// 422 for columns that the list does not have, and when the database fails.
pub async fn remember<L: List>(who: &SignedIn, posted: &Posted) -> Result<HttpResponse> {
    let wish: Wish = posted.read()?;
    let (person, side) = (who.person(), who.person().side());
    let mut tx = who.app.writes.begin().await?;
    let query = match asked::<L>(who, &mut tx, &wish.query).await? {
        Ok(asked) => asked.query,
        Err(refused) => return Ok(refused.answer),
    };
    let query = match wish.deed {
        Deed::Choose => {
            let (columns, unknown) = column::chosen::<L>(side, wish.cols.iter().map(String::as_str));
            if !unknown.is_empty() {
                return Err(Error::unprocessable("The form names a column that this list does not have."));
            }
            sqlx::query!(
                "insert into list_columns (account_id, list, columns) values ($1, $2, $3)
                 on conflict (account_id, list) do update set columns = excluded.columns",
                person.id as _,
                L::NAME,
                &columns as &[&str],
            )
            .execute(&mut *tx)
            .await?;
            ListQuery { columns, columns_named: true, ..query }
        }
        Deed::Reset => {
            sqlx::query!("delete from list_columns where account_id = $1 and list = $2", person.id as _, L::NAME)
                .execute(&mut *tx)
                .await?;
            ListQuery { columns: Choices::default().usual_columns::<L>(side), columns_named: false, ..query }
        }
    };
    tx.commit().await?;
    Ok(see_other(query.href(side)))
}
