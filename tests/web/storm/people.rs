//! Who acts in the storm, and the submissions they act on.

use mc_review::accounts::{DEMONSTRATION_DOMAIN, NewAccount, add as add_account};
use mc_review::domain::event::{Kind, Subject};
use mc_review::domain::forms::{HealthPlan, write};
use mc_review::domain::id::{AccountId, DepartmentReviewId};
use mc_review::domain::permission::Person;
use mc_review::domain::role::{Department, Role};
use mc_review::history::{Actor, Happening, Row, record};
use mc_review::reviews;
use mc_review::submissions::{self, draft};
use serde_json::json;
use sqlx::PgConnection;
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
    let mut tx = world.db.begin().await.expect("a transaction begins");
    let mut cases = Vec::new();
    for number in 1..=count {
        let review = send_one(world, &mut tx).await.expect("a submission is sent");
        cases.push(Case { key: format!("MN-{number:04}"), review: review.0 });
    }
    tx.commit().await.expect("the submissions are sent");
    cases
}

/// Minnesota starts so many drafts.
pub async fn drafted(world: &World, count: usize) -> Vec<Drafted> {
    let mut tx = world.db.begin().await.expect("a transaction begins");
    let maya: (AccountId, String) = sqlx::query_as("select id, email from account where email like 'maya.lindqvist@%'")
        .fetch_one(&mut *tx)
        .await
        .expect("she is there");
    let person = Person {
        id: maya.0,
        name: "Maya Lindqvist".to_owned(),
        email: maya.1,
        role: Role::StateUser,
        state_code: Some("MN".to_owned()),
        state_name: Some("Minnesota".to_owned()),
        department: None,
    };
    let author = person.state_user().expect("she writes for Minnesota");
    let programs = draft::programs(&mut tx, &world.clock, author.state_code).await.expect("the state has programs");
    let mut drafts = Vec::new();
    for _ in 0..count {
        let id = world.clock.new_id();
        let made = draft::create(&mut tx, &world.clock, author, id, &HealthPlan::default(), &programs).await;
        let draft::Created::Now(key) = made.expect("a draft is started") else { panic!("the key is new") };
        let submission = submissions::lock(&mut tx, &person, &key.to_string()).await.expect("it is there");
        let draft = draft::load(&mut tx, submission).await.expect("it is a draft");
        drafts.push(Drafted { key: key.to_string(), id: draft.id.0 });
    }
    tx.commit().await.expect("the drafts are started");
    drafts
}

async fn send_one(world: &World, conn: &mut PgConnection) -> sqlx::Result<DepartmentReviewId> {
    let id: Uuid = world.clock.new_id();
    let (answers, form_version) = write(&HealthPlan::default());
    let happened = |kind, status, version, details| Happening {
        kind,
        subject: Subject::ContractReview,
        subject_id: id,
        row: Row { table: "contract_review", id, status, version },
        reason: None,
        details,
    };
    sqlx::query(
        "with taken as (update state set last_contract_number = last_contract_number + 1 where code = 'MN'
                        returning code, last_contract_number)
         insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
         select $1, code, last_contract_number, 'health_plan', 'MCR-MN-SNBC', $2 from taken",
    )
    .bind(id)
    .bind(world.clock.now())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
         select $1, $2, 1, $4, $5, $3, id from account where email like 'maya.lindqvist@%'",
    )
    .bind(world.clock.new_id::<Uuid>())
    .bind(id)
    .bind(world.clock.now())
    .bind(answers)
    .bind(form_version)
    .execute(&mut *conn)
    .await?;
    let created = happened(Kind::Created, (None, Some("draft")), (None, 1), json!({}));
    record(conn, &world.clock, &Actor::product(), created).await?;
    sqlx::query(
        "update contract_submission set submitted_at = $2, submitted_by = created_by, submit_reason = 'Initial submission', led_to = 'submitted'
          where contract_review_id = $1",
    )
    .bind(id)
    .bind(world.clock.now())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "update contract_review set status = 'submitted', sent_revision = 1, first_submitted_at = $2, last_submitted_at = $2,
                last_activity_cms_at = $2 where id = $1",
    )
    .bind(id)
    .bind(world.clock.now())
    .execute(&mut *conn)
    .await?;
    let details = json!({ "revision": 1, "determination": "subject_to_review" });
    let submitted = happened(Kind::Submitted, (Some("draft"), Some("submitted")), (Some(1), 2), details);
    record(conn, &world.clock, &Actor::product(), submitted).await?;
    reviews::make(conn, &world.clock, &Actor::product(), id.into(), Department::Dmco).await
}
