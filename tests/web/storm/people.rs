//! Who acts in the storm, and the submissions they act on.

use mc_review::accounts::{DEMONSTRATION_DOMAIN, NewAccount, add as add_account};
use mc_review::domain::event::{Kind, Subject};
use mc_review::domain::forms::{HealthPlan, write};
use mc_review::domain::id::{AccountId, DepartmentReviewId};
use mc_review::domain::role::{Department, Role};
use mc_review::history::{Actor, Happening, Row, record};
use mc_review::reviews;
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
pub struct Person {
    pub id: AccountId,
    pub name: String,
}

/// Somebody signed in.
pub struct Client {
    pub id: AccountId,
    pub name: String,
    pub browser: Browser,
}

/// A submission that was sent, and DMCO's review of it.
pub struct Case {
    pub key: String,
    pub review: DepartmentReviewId,
}

impl Case {
    /// Where a form about the review is posted.
    pub fn address(&self, form: &str) -> String {
        format!("/department-reviews/{}/{form}", self.review)
    }
}

impl Person {
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
        Client { id: self.id, name: self.name.clone(), browser }
    }
}

/// Adds so many people: of eight, five are DMCO's reviewers, two its approvers and one an admin.
pub async fn add(world: &World, count: usize) -> Vec<Person> {
    let mut tx = world.db.begin().await.expect("a transaction begins");
    let mut people = Vec::new();
    for at in 0..count {
        let (given_name, family_name) = (GIVEN_NAMES[at / 16 % 4], FAMILY_NAMES[at % 16]);
        let (role, department) = match at % 8 {
            0..5 => (Role::CmsReviewer, Some(Department::Dmco)),
            5..7 => (Role::CmsApprover, Some(Department::Dmco)),
            _ => (Role::Admin, None),
        };
        let email = format!("{given_name}.{family_name}{DEMONSTRATION_DOMAIN}").to_lowercase();
        let new = NewAccount { email: &email, given_name, family_name, role, state_code: None, department, eua: None };
        let id = add_account(&mut tx, &world.clock, &Actor::product(), &new).await.expect("the account is new");
        people.push(Person { id, name: format!("{given_name} {family_name}") });
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
        cases.push(Case { key: format!("MN-{number:04}"), review });
    }
    tx.commit().await.expect("the submissions are sent");
    cases
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
