//! Who acts in the storm, and the submissions they act on.

use mc_review::accounts::{DEMONSTRATION_DOMAIN, NewAccount, add as add_account};
use mc_review::domain::id::AccountId;
use mc_review::domain::role::{Department, Role};
use mc_review::history::Actor;
use uuid::Uuid;

use crate::support::{Browser, World};

const FAMILY_NAMES: [&str; 16] = [
    "Adair", "Boone", "Calder", "Drake", "Ellis", "Frost", "Grant", "Hale", "Ibarra", "Jarvis", "Keane", "Lund",
    "Marsh", "North", "Osler", "Pryor",
];
const GIVEN_NAMES: [&str; 4] = ["Ada", "Ben", "Cleo", "Dov"];

/// Somebody with an account.
pub struct Somebody {
    pub id: AccountId,
    pub name: String,
    writes: bool,
}

/// Somebody signed in.
pub struct Client {
    pub id: AccountId,
    pub name: String,
    pub browser: Browser,
    /// Whether they write drafts; the others review.
    pub writes: bool,
}

/// What they act on.
pub struct Scene {
    pub cases: Vec<Case>,
    pub drafts: Vec<Drafted>,
}

/// A submission that was sent, and DMCO's review of it.
pub struct Case {
    pub key: String,
    pub review: Uuid,
}

/// A draft, by its submission's address and its own key.
pub struct Drafted {
    pub key: String,
    pub id: Uuid,
}

impl Case {
    /// Where a form about the review is posted.
    pub fn address(&self, form: &str) -> String {
        format!("/department-reviews/{}/{form}", self.review)
    }
}

impl Somebody {
    /// Signs in, by what the sign-in page sends.
    pub async fn arrive(&self, world: &World) -> Client {
        let browser = world.browser();
        let csrf = browser
            .get("/sign-in")
            .await
            .attributes("input[name=csrf]", "value")
            .into_iter()
            .next()
            .expect("a form has its token");
        let answer = browser.post("/sign-in", &[("csrf", &csrf), ("account", &self.id.to_string())]).await;
        assert_eq!(answer.status(), 303, "{} signs in", self.name);
        Client { id: self.id, name: self.name.clone(), browser, writes: self.writes }
    }
}

/// Adds so many people: of eight, four are DMCO's reviewers, one its approver, one an admin and two
/// write for Minnesota.
pub async fn add(world: &World, count: usize) -> Vec<Somebody> {
    let mut tx = world.db.begin().await.expect("a transaction begins");
    let mut people = Vec::new();
    for at in 0..count {
        let (given_name, family_name) = (GIVEN_NAMES[at / 16 % 4], FAMILY_NAMES[at % 16]);
        let (role, department) = match at % 8 {
            0..4 => (Role::CmsReviewer, Some(Department::Dmco)),
            4 => (Role::CmsApprover, Some(Department::Dmco)),
            5 => (Role::Admin, None),
            _ => (Role::StateUser, None),
        };
        let state_code = (role == Role::StateUser).then_some("MN");
        let email = format!("{given_name}.{family_name}{DEMONSTRATION_DOMAIN}").to_lowercase();
        let new = NewAccount { email: &email, given_name, family_name, role, state_code, department, eua: None };
        let id = add_account(&mut tx, &world.clock, &Actor::product(), &new).await.expect("the account is new");
        people.push(Somebody { id, name: format!("{given_name} {family_name}"), writes: role == Role::StateUser });
    }
    tx.commit().await.expect("the accounts are added");
    people
}

/// Minnesota sends so many submissions.
pub async fn sent(world: &World, count: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for _ in 0..count {
        let story = world.sent("maya.lindqvist").await;
        cases.push(Case { review: world.review_of(&story).await.0, key: story.key });
    }
    cases
}

/// Minnesota starts so many drafts.
pub async fn drafted(world: &World, count: usize) -> Vec<Drafted> {
    let mut drafts = Vec::new();
    for _ in 0..count {
        let story = world.drafted("maya.lindqvist").await;
        drafts.push(Drafted { key: story.key, id: story.version.0 });
    }
    drafts
}
