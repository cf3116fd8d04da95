//! Uploading files, listing them and downloading them again.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail with it")]

mod agreement;
mod archives;
mod desk;
mod downloads;
mod lists;
mod scanning;
mod uploads;

use mc_review::documents::{Owner, ReceivedFile, Storage, attach, receive};
use mc_review::domain::document::Category;
use mc_review::domain::id::{AccountId, ContractSubmissionId, DocumentId};
use mc_review::domain::permission::Person;
use mc_review::domain::role::Role;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::World;

const PDF: &[u8] = b"%PDF-1.7\nA contract.\n%%EOF";

/// A world in which plain SQL can be written in short words: `draft('a')`, `send('a')`.
async fn world_with(sql: &'static str) -> World {
    let world = World::start().await;
    sqlx::raw_sql(include_str!("../database/fixture.sql")).execute(&world.db).await.expect("the words can be made");
    tell(&world, sql).await;
    world
}

async fn tell(world: &World, sql: impl Into<String>) {
    sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(&world.db).await.expect("the statement holds");
}

/// Stores a file as an upload does.
async fn stored(world: &World, category: Category, name: &str, content: &[u8]) -> ReceivedFile {
    let content = futures_util::stream::iter([Ok(content.to_vec().into())]);
    receive(Storage::from(&world.app), category, name, content).await.expect("the store takes it")
}

/// The first version of a review that the short words made.
async fn version_of(world: &World, review: &str) -> ContractSubmissionId {
    let id = sqlx::query_scalar("select md5($1 || '/1')::uuid").bind(review).fetch_one(&world.db).await;
    ContractSubmissionId(id.expect("the key can be told"))
}

async fn maya(world: &World) -> Person {
    let id = sqlx::query_scalar("select person('maya.lindqvist')").fetch_one(&world.db).await.expect("she is there");
    Person {
        id: AccountId(id),
        name: "Maya Lindqvist".to_owned(),
        email: String::new(),
        role: Role::StateUser,
        state_code: Some("MN".to_owned()),
        state_name: Some("Minnesota".to_owned()),
        department: None,
    }
}

/// Stores a file and puts it into a list of an open version.
async fn uploaded(world: &World, version: ContractSubmissionId, name: &str, content: &[u8]) -> DocumentId {
    let file = stored(world, Category::Contract, name, content).await;
    let mut conn = world.db.acquire().await.expect("a connection is free");
    attached(world, &mut conn, version, &file).await.expect("the file is taken")
}

async fn attached(
    world: &World,
    conn: &mut PgConnection,
    version: ContractSubmissionId,
    file: &ReceivedFile,
) -> Result<DocumentId, mc_review::documents::FileProblem> {
    attach(conn, &world.clock, &maya(world).await, Owner::Contract(version), file).await.expect("the database answers")
}
