//! Living through the stories of a state: all of them side by side, deed after deed in the order of time, so that what
//! one submission takes from another is there by then.

use anyhow::Context;
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;

use super::stage::Stage;
use super::steps::Scene;
use super::story::{Deed, beginnings, life};
use crate::domain::id::ContractReviewId;

/// Lives through so many submissions of a state, each deed in a transaction of its own; gives the submissions in the
/// order of their numbers.
///
/// # Errors
/// When the database fails, or a deed is refused.
pub async fn live_through(
    conn: &mut PgConnection,
    stage: &Stage,
    state_code: &str,
    count: usize,
) -> anyhow::Result<Vec<ContractReviewId>> {
    let mut dice = Vec::with_capacity(count);
    let mut steps: Vec<(OffsetDateTime, usize, Deed)> = Vec::new();
    let beginnings = beginnings(&mut stage.dice(state_code, 0), stage.now, count);
    for (place, begun) in beginnings.into_iter().enumerate() {
        let mut rng = stage.dice(state_code, place as u64 + 1);
        steps.extend(life(&mut rng, begun, stage.now).into_iter().map(|(at, deed)| (at, place, deed)));
        dice.push(rng);
    }
    steps.sort_by_key(|(at, place, _)| (*at, *place));
    // Submissions begin in the order of their places.
    let mut dice = dice.into_iter();
    let mut scenes: Vec<Scene<'_>> = Vec::with_capacity(count);
    for (at, place, deed) in steps {
        let mut tx = conn.begin().await?;
        if let Some(scene) = scenes.get_mut(place) {
            scene.act(&mut tx, at, deed).await.with_context(|| format!("{deed:?} of {}", scene.key))?;
        } else {
            let rng = dice.next().context("every submission has dice")?;
            scenes.push(Scene::begin(&mut tx, stage, state_code, rng, at).await?);
        }
        tx.commit().await?;
    }
    Ok(scenes.into_iter().map(|scene| scene.id).collect())
}
