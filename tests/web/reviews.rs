//! The deeds of the CMS side: deciding, reviewers, approving; each also when somebody else was there first.

mod approving;
mod deciding;
mod reviewers;

use mc_review::domain::lifecycle::Decision;

use crate::support::story::Story;
use crate::support::{Browser, Form, Page, World};

/// A review that the tests act on.
struct Case {
    story: Story,
    review: String,
}

impl Case {
    async fn of(world: &World, story: Story) -> Self {
        let review = format!("/department-reviews/{}", world.review_of(&story).await);
        Self { story, review }
    }

    /// Sent, and nobody has begun.
    async fn sent(world: &World) -> Self {
        Self::of(world, world.sent("maya.lindqvist").await).await
    }

    /// Begun by Sam Lee, who is primary reviewer.
    async fn in_review(world: &World) -> Self {
        Self::of(world, world.in_review("maya.lindqvist", "sam.lee").await).await
    }

    /// Decided by Sam Lee: "As discussed."
    async fn decided(world: &World, decision: Decision) -> Self {
        Self::of(world, world.decided("maya.lindqvist", "sam.lee", decision).await).await
    }

    fn page(&self) -> String {
        self.story.path("")
    }

    fn status(&self) -> String {
        format!("{}/status", self.review)
    }

    fn reviewers(&self) -> String {
        format!("{}/reviewers", self.review)
    }

    /// The form that sets a status.
    async fn to(&self, who: &Browser, status: &str) -> Form {
        let page = who.get(&format!("{}?to={status}", self.status())).await;
        assert_eq!(page.status(), 200, "{status} can be set: {:?}", page.header("location"));
        page.form(&self.status())
    }

    /// The form that puts people on.
    async fn assign(&self, who: &Browser) -> Form {
        who.get(&self.reviewers()).await.form(&self.reviewers())
    }

    async fn open(&self, who: &Browser) -> Page {
        who.get(&self.page()).await
    }
}

/// A deed that went through: the message on the page that it leads back to.
async fn done(answer: Page) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.reading());
    answer.follow().await.flash().expect("the page says what was done")
}

async fn id(world: &World, name: &str) -> String {
    world.person(name).await.id.to_string()
}
