//! Whether the process answers, and whether it is ready for people.

use actix_web::{HttpResponse, web};
use object_store::ObjectStoreExt;
use object_store::path::Path;

use crate::db::health::read_again;
use crate::db::schema::{self, SchemaProblem};
use crate::web::App;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().body("alive")
}

/// `GET /readyz`: the database answers and has this program's schema, and the file store answers; else 503. Where one of them can
/// only be read, it says so and is ready all the same, since pages can be read.
pub async fn readyz(app: web::Data<App>) -> HttpResponse {
    match ready(&app).await {
        Ok(how) => HttpResponse::Ok().body(how),
        Err(what) => HttpResponse::ServiceUnavailable().body(what),
    }
}

async fn ready(app: &App) -> Result<&'static str, &'static str> {
    match schema::check(&app.db).await {
        Ok(()) => {}
        Err(SchemaProblem::Away(_)) => return Err("the database is away"),
        Err(_) => return Err("the database has another schema than this program"),
    }
    let database = async || {
        sqlx::query_scalar!(
            r#"select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as "read_only!""#
        )
        .fetch_one(&app.db)
        .await
    };
    let database_read_only = read_again(database).await.map_err(|_| "the database is away")?;
    // Only writing shows whether a file can be written.
    let probe = Path::from("ready");
    let files_read_only = match app.files.put(&probe, "ready".into()).await {
        Ok(_) => false,
        Err(_) => match app.files.head(&probe).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => true,
            Err(_) => return Err("the file store is away"),
        },
    };
    Ok(match (database_read_only, files_read_only) {
        (false, false) => "ready",
        (true, false) => "read only: the database takes no changes",
        (false, true) => "read only: the file store takes no files",
        (true, true) => "read only: neither the database nor the file store takes anything",
    })
}
