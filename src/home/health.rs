//! Whether the process answers, and whether it is ready for people.

use actix_web::{HttpResponse, web};
use object_store::ObjectStoreExt;
use object_store::path::Path;

use crate::db::schema::{self, SchemaProblem};
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
    match schema::check(&app.db).await {
        Ok(()) => {}
        Err(SchemaProblem::Away(_)) => return Err("the database is away"),
        Err(_) => return Err("the database has another schema than this program"),
    }
    match app.files.head(&Path::from("ready")).await {
        Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(_) => Err("the file store is away"),
    }
}
