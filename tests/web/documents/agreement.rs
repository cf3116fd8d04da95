//! File store and tables agree: what is found where they do not, and what is cleared away.

use mc_review::documents::{Findings, Storage, check_storage, mend, receive};
use mc_review::domain::clock::Clock;
use mc_review::domain::document::Category;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use time::Duration;

use super::{PDF, stored, uploaded, version_of, world_with};
use crate::support::World;

/// The world as it is so much later. The store's own clock can't be set, so this goes by today.
async fn later(world: &World, deep: bool, by: Duration) -> Findings {
    let clock = Clock::set_to(Clock::System.now() + by);
    let storage = Storage { clock: &clock, ..Storage::from(&world.app) };
    check_storage(storage, Some(&world.folder()), deep).await.unwrap()
}

async fn mended(world: &World, found: &Findings) -> usize {
    let clock = Clock::set_to(Clock::System.now() + Duration::days(8));
    let storage = Storage { clock: &clock, ..Storage::from(&world.app) };
    mend(storage, Some(&world.folder()), found).await.unwrap()
}

fn place(sha256: &str) -> Path {
    Path::from(format!("blobs/{sha256}"))
}

#[tokio::test]
async fn what_nothing_uses_goes_after_a_week_and_what_is_used_stays() {
    let world = world_with("select draft('a')").await;
    world.clock.set(Clock::System.now());
    let document = uploaded(&world, version_of(&world, "a").await, "a.pdf", PDF).await;
    let unused = stored(&world, Category::Contract, "unused.csv", b"unused").await.outcome.unwrap();
    let stray = Path::from(format!("blobs/{}", "ab".repeat(32)));
    world.app.files.put(&stray, b"stray"[..].into()).await.unwrap();
    world.app.files.put(&Path::from("uploads/left"), b"whole"[..].into()).await.unwrap();
    // As a process leaves it that is killed while it writes.
    std::fs::write(world.folder().join("uploads/killed#1"), b"part").unwrap();

    let soon = later(&world, true, Duration::days(6)).await;
    assert!(!soon.has_waste() && soon.lost.is_empty(), "{soon:?}");
    let found = later(&world, true, Duration::days(8)).await;
    assert_eq!((found.contents, found.lost.len()), (2, 0));
    assert_eq!(found.unused, std::slice::from_ref(&unused.sha256));
    assert_eq!(found.stray, [stray.clone(), Path::from("uploads/killed#1"), Path::from("uploads/left")]);
    assert_eq!(mended(&world, &found).await, 4);
    let after = later(&world, true, Duration::days(8)).await;
    assert_eq!(after, Findings { contents: 1, ..Findings::default() });
    assert_eq!(std::fs::read_dir(world.folder().join("uploads")).unwrap().count(), 0);
    let maya = world.signed_in("maya.lindqvist").await;
    assert_eq!(maya.get(&format!("/documents/{document}")).await.body(), PDF);
}

#[tokio::test]
async fn what_somebody_uploads_again_or_uses_meanwhile_is_not_cleared_away() {
    let world = world_with("select draft('a')").await;
    let again = stored(&world, Category::Contract, "again.csv", b"again").await.outcome.unwrap();
    stored(&world, Category::Contract, "used.csv", b"used").await.outcome.unwrap();
    let found = later(&world, false, Duration::days(8)).await;
    assert_eq!(found.unused.len(), 2);
    uploaded(&world, version_of(&world, "a").await, "used.csv", b"used").await;
    let tomorrow = Clock::set_to(Clock::System.now() + Duration::days(8));
    let content = futures_util::stream::iter([Ok(b"again"[..].into())]);
    let storage = Storage { clock: &tomorrow, ..Storage::from(&world.app) };
    receive(storage, Category::Contract, "again.csv", content).await.unwrap().outcome.unwrap();
    assert_eq!(mended(&world, &found).await, 0);
    assert!(world.app.files.head(&place(&again.sha256)).await.is_ok());
}

#[tokio::test]
async fn rows_that_lost_their_content_are_named() {
    let world = world_with("select draft('a')").await;
    let version = version_of(&world, "a").await;
    for (name, content) in [("gone.csv", "gone"), ("cut.csv", "cut off"), ("other.csv", "altered")] {
        uploaded(&world, version, name, content.as_bytes()).await;
    }
    let key = async |name: &str| -> String {
        let found = sqlx::query_scalar("select sha256 from document where file_name = $1").bind(name);
        found.fetch_one(&world.db).await.unwrap()
    };
    let (gone, cut, other) = (key("gone.csv").await, key("cut.csv").await, key("other.csv").await);
    world.app.files.delete(&place(&gone)).await.unwrap();
    world.app.files.put(&place(&cut), b"cut"[..].into()).await.unwrap();
    world.app.files.put(&place(&other), b"changed"[..].into()).await.unwrap();
    let told = async |deep: bool| {
        let found = later(&world, deep, Duration::ZERO).await;
        let mut told: Vec<_> = found.lost.into_iter().map(|lost| (lost.why, lost.sha256)).collect();
        told.sort();
        told
    };
    let expected = [("its content has another length", cut), ("its content is missing", gone)];
    assert_eq!(told(false).await, expected);
    let deep = told(true).await;
    assert_eq!((deep.len(), &deep[2]), (3, &("its content is missing", expected[1].1.clone())));
    assert_eq!(deep[1], ("its content is another", other));
}
