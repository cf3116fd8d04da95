//! Whether the process answers, and whether it is ready for people.

use actix_web::{HttpResponse, web};
use object_store::ObjectStoreExt;
use object_store::path::Path;

use crate::db::MIGRATOR;
use crate::web::App;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().body("alive")
}

/// `GET /readyz`: the database answers and has this program's schema, and the file store answers; else 503.
pub async fn readyz(app: web::Data<App>) -> HttpResponse {
    match ready(&app).await {
        Ok(()) => HttpResponse::Ok().body("ready"),
        Err(what) => HttpResponse::ServiceUnavailable().body(what),
    }
}

async fn ready(app: &App) -> Result<(), &'static str> {
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    // The table of migrations is not part of the schema that queries are checked against.
    let applied: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
        .fetch_one(&app.db)
        .await
        .map_err(|_| "the database is away or was never migrated")?;
    if applied != Some(newest) {
        return Err("the database has another schema than this program");
    }
    match app.files.head(&Path::from("ready")).await {
        Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(_) => Err("the file store is away"),
    }
}
