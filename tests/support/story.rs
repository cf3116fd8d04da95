//! Submissions for tests to begin with, made by the product's own actions, with the rights of those who do it.

use futures_util::stream;
use mc_review::documents::{self, Owner, Storage};
use mc_review::domain::document::Category;
use mc_review::domain::forms::{ContractForm, Form, RateForm, read};
use mc_review::domain::id::{ContractReviewId, ContractSubmissionId, DepartmentReviewId, DocumentId, ProgramId};
use mc_review::domain::lifecycle::Decision;
use mc_review::domain::lifecycle::{ContractReviewAction, SubmissionKind};
use mc_review::domain::permission::Person;
use mc_review::domain::role::Department;
use mc_review::life;
use mc_review::questions::{self, About, Answer, Question, Unsaid};
use mc_review::rates::{self, Added, Linked};
use mc_review::reviews::{self, Approval, Decided, DepartmentReview, Unwritten};
use mc_review::submissions::draft::{self, Save};
use mc_review::submissions::{self, Submission, submit::submit};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::world::World;

/// A submission of a test's.
#[derive(Clone, Debug)]
pub struct Story {
    /// Its address, as `MN-0001`.
    pub key: String,
    /// Its key.
    pub id: ContractReviewId,
    /// The key of its first version.
    pub version: ContractSubmissionId,
    /// The key of the contract's document.
    pub document: DocumentId,
}

impl Story {
    /// The address of its page, or of one below it: `approve`.
    pub fn path(&self, below: &str) -> String {
        format!("/submissions/{}/{below}", self.key).trim_end_matches('/').to_owned()
    }
}

impl World {
    /// Somebody as their account reads now: `sam.lee`.
    pub async fn person(&self, name: &str) -> Person {
        let found: (uuid::Uuid, String, String, _, Option<String>, Option<String>, _) = sqlx::query_as(
            "select a.id, given_name || ' ' || family_name, email, role, state_code, s.name, department
               from account a left join state s on s.code = a.state_code where email like $1 || '@%'",
        )
        .bind(name)
        .fetch_one(&self.db)
        .await
        .expect("everybody here has an account");
        let (id, name, email, role, state_code, state_name, department) = found;
        Person { id: id.into(), name, email, role, state_code, state_name, department }
    }

    /// A draft with every answer and the contract, ready to be sent.
    pub async fn drafted(&self, author: &str) -> Story {
        self.drafted_with(author, &json!({})).await
    }

    /// The same with some answers changed.
    pub async fn drafted_with(&self, author: &str, changed: &Value) -> Story {
        self.drafted_as(author, SubmissionKind::HealthPlan, changed).await
    }

    /// The same of a contract with an external quality review organization.
    pub async fn drafted_eqro(&self, author: &str) -> Story {
        self.drafted_as(author, SubmissionKind::Eqro, &json!({})).await
    }

    async fn drafted_as(&self, author: &str, kind: SubmissionKind, changed: &Value) -> Story {
        let author = self.person(author).await;
        let proof = author.state_user().expect("a state user writes");
        let mut tx = self.db.begin().await.expect("a transaction begins");
        let programs = draft::programs(&mut tx, &self.clock, proof.state_code).await.expect("the state has programs");
        let data = answers(&mut tx, proof.state_code, kind, changed).await;
        let id: ContractReviewId = self.clock.new_id();
        let made = draft::create(&mut tx, &self.clock, proof, id, &data, &programs).await.expect("a draft is made");
        let draft::Created::Now(key) = made else { panic!("the key is new") };
        let submission = submissions::lock(&mut tx, &author, &key.to_string()).await.expect("it is there");
        let draft = draft::load(&mut tx, submission).await.expect("it is a draft");
        // Content of its own, so that files of different submissions differ.
        let content = format!("%PDF-1.7\nThe contract of {key}.\n%%EOF");
        let content = stream::iter([Ok(content.into())]);
        let name = format!("{key} contract.pdf");
        let file = documents::receive(Storage::from(&self.app), Category::Contract, &name, content).await;
        let file = file.expect("the store takes the file");
        let attached = documents::attach(&mut tx, &self.clock, &author, Owner::Contract(draft.id), &file)
            .await
            .expect("the database answers");
        let document = attached.expect("the file is fine");
        tx.commit().await.expect("the draft stays");
        Story { key: key.to_string(), id, version: draft.id, document }
    }

    /// A submission that was sent, and is subject to review.
    pub async fn sent(&self, author: &str) -> Story {
        self.sent_with(author, &json!({})).await
    }

    /// The same with some answers changed, which may make it one that is not reviewed.
    pub async fn sent_with(&self, author: &str, changed: &Value) -> Story {
        let story = self.drafted_with(author, changed).await;
        self.send(author, &story).await;
        story
    }

    /// Sends a draft.
    pub async fn send(&self, author: &str, story: &Story) {
        let author = self.person(author).await;
        let proof = author.state_user().expect("a state user sends");
        let mut tx = self.db.begin().await.expect("a transaction begins");
        let programs = draft::programs(&mut tx, &self.clock, proof.state_code).await.expect("the state has programs");
        let submission = submissions::lock(&mut tx, &author, &story.key).await.expect("it is there");
        let draft = draft::load(&mut tx, submission).await.expect("it is a draft");
        let sent = submit(&mut tx, &self.clock, proof, &draft, &programs, Some("Changed as asked.")).await;
        let sent = sent.expect("the database answers");
        sent.expect("the form is complete");
        tx.commit().await.expect("it stays sent");
    }

    /// A draft of a contract with one complete rate of its own, and the rate's address: `MN-R0001`.
    pub async fn drafted_with_rate(&self, author: &str) -> (Story, String) {
        let story = self.drafted_with(author, &json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
        let key = self.add_rate(author, &story).await;
        (story, key)
    }

    /// The same, sent.
    pub async fn sent_with_rate(&self, author: &str) -> (Story, String) {
        let (story, rate) = self.drafted_with_rate(author).await;
        self.send(author, &story).await;
        (story, rate)
    }

    /// Adds a complete rate of its own to a draft; gives its address.
    pub async fn add_rate(&self, author: &str, story: &Story) -> String {
        let author = self.person(author).await;
        let proof = author.state_user().expect("a state user writes");
        let mut tx = self.db.begin().await.expect("a transaction begins");
        let programs = draft::programs(&mut tx, &self.clock, proof.state_code).await.expect("the state has programs");
        let submission = submissions::lock(&mut tx, &author, &story.key).await.expect("it is there");
        let before = draft::load(&mut tx, submission.clone()).await.expect("it is a draft");
        let blank = RateForm::blank(before.data.is_tied_to_dsnp());
        let added = rates::add(&mut tx, &self.clock, proof, before.package(), self.clock.new_id(), &blank).await;
        let Added::Now(key) = added.expect("the database answers") else { panic!("the key is new") };
        let draft = draft::load(&mut tx, submission).await.expect("it is a draft");
        let rate = draft.rates.iter().find(|rate| rate.key == key).expect("the rate is in the draft");
        let own = rate.own().expect("a new rate is the draft's own");
        let form = rate_form(before.data.program_ids(), &blank);
        let content = stream::iter([Ok(format!("%PDF-1.7\nThe certification of {key}.\n%%EOF").into())]);
        let name = format!("{key} certification.pdf");
        let file = documents::receive(Storage::from(&self.app), Category::RateCertification, &name, content).await;
        let file = file.expect("the store takes the file");
        let owner = Owner::Rate(own.id);
        let attached = documents::attach(&mut tx, &self.clock, &author, owner, &file).await;
        attached.expect("the database answers").expect("the file is fine");
        let mut others = rates::save(&mut tx, rate, own, &form, &programs).await.expect("the database answers");
        others.extend(rates::list_change(&before.rates, &draft.rates));
        let save = Save { data: &draft.data, others };
        let saved = draft::save(&mut tx, &self.clock, proof, &draft, save, &programs).await;
        saved.expect("the database answers").expect("nobody else writes here");
        tx.commit().await.expect("the rate stays");
        key.to_string()
    }

    /// A draft of a contract that links a rate of another submission.
    pub async fn drafted_with_link(&self, author: &str, rate: &str) -> Story {
        let story = self.drafted_with(author, &json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
        let author = self.person(author).await;
        let proof = author.state_user().expect("a state user writes");
        let mut tx = self.db.begin().await.expect("a transaction begins");
        let programs = draft::programs(&mut tx, &self.clock, proof.state_code).await.expect("the state has programs");
        let submission = submissions::lock(&mut tx, &author, &story.key).await.expect("it is there");
        let before = draft::load(&mut tx, submission.clone()).await.expect("it is a draft");
        let found = rates::visible(&mut tx, &author, rate).await.expect("the rate was sent");
        let linked = rates::link(&mut tx, before.package(), found.id).await.expect("the database answers");
        assert!(matches!(linked, Linked::Now(_)), "{linked:?}");
        let draft = draft::load(&mut tx, submission).await.expect("it is a draft");
        let others = rates::list_change(&before.rates, &draft.rates).into_iter().collect();
        let save = Save { data: &draft.data, others };
        let saved = draft::save(&mut tx, &self.clock, proof, &draft, save, &programs).await;
        saved.expect("the database answers").expect("nobody else writes here");
        tx.commit().await.expect("the link stays");
        story
    }

    /// A submission that was sent, whose review the department has begun.
    pub async fn in_review(&self, author: &str, reviewer: &str) -> Story {
        let story = self.sent(author).await;
        let by = self.person(reviewer).await;
        let proof = by.member_of(Department::Dmco).expect("the department begins");
        let (mut tx, _, review) = self.opened(&by, &story).await;
        let started = reviews::start(&mut tx, &self.clock, proof, &review, 1, true).await;
        written(started);
        tx.commit().await.expect("it stays begun");
        story
    }

    /// A submission on which the department has decided.
    pub async fn decided(&self, author: &str, reviewer: &str, decision: Decision) -> Story {
        let story = self.in_review(author, reviewer).await;
        self.decide(&story, reviewer, decision).await;
        story
    }

    /// The department decides on the first version of a submission.
    pub async fn decide(&self, story: &Story, reviewer: &str, decision: Decision) {
        let by = self.person(reviewer).await;
        let proof = by.member_of(Department::Dmco).expect("the department decides");
        let (mut tx, _, review) = self.opened(&by, story).await;
        let decided = Decided { decision, note: Some("As discussed."), revision: 1 };
        written(reviews::decide(&mut tx, &self.clock, proof, &review, decided).await);
        tx.commit().await.expect("it stays decided");
    }

    /// A submission that was signed off and approved.
    pub async fn approved(&self, author: &str, reviewer: &str, approver: &str) -> Story {
        let story = self.decided(author, reviewer, Decision::SignedOff).await;
        let by = self.person(approver).await;
        let proof = by.package_approver().expect("an approver approves");
        let (mut tx, submission, review) = self.opened(&by, &story).await;
        let approval = Approval { released_on: self.clock.today(), reason: None };
        written(reviews::approve(&mut tx, &self.clock, proof, &submission, &[review], approval).await);
        tx.commit().await.expect("it stays approved");
        story
    }

    /// Gives a submission back to its state.
    pub async fn unlock(&self, reviewer: &str, story: &Story) {
        let by = self.person(reviewer).await;
        let proof = by.package_deed(ContractReviewAction::Unlock).expect("a reviewer unlocks");
        let (mut tx, submission, _) = self.opened(&by, story).await;
        life::unlock(&mut tx, &self.clock, proof, &submission, "Please mend the dates.").await.expect("it is unlocked");
        tx.commit().await.expect("it stays unlocked");
    }

    /// Takes a submission out of review.
    pub async fn withdraw(&self, reviewer: &str, story: &Story) {
        let by = self.person(reviewer).await;
        let proof = by.package_deed(ContractReviewAction::Withdraw).expect("a reviewer withdraws");
        let (mut tx, submission, _) = self.opened(&by, story).await;
        life::withdraw(&mut tx, &self.clock, proof, &submission, "Sent by mistake.").await.expect("it is withdrawn");
        tx.commit().await.expect("it stays withdrawn");
    }

    /// A department asks about a submission, or about a rate of it by its address; gives the number of the round.
    pub async fn ask(&self, asker: &str, story: &Story, rate: Option<&str>) -> i32 {
        let by = self.person(asker).await;
        let department = by.department.expect("somebody of a department asks");
        let proof = by.asker_for(department).expect("a reviewer asks");
        let (mut tx, submission, _) = self.opened(&by, story).await;
        let rate = match rate {
            Some(rate) => Some(rates::visible(&mut tx, &by, rate).await.expect("the rate was sent")),
            None => None,
        };
        let says = Unsaid { text: Some("Where is the withhold described?"), files: &[], recorded: None };
        let question = Question {
            id: self.clock.new_id(),
            about: rate.as_ref().map_or(About::Contract(submission.id), |rate| About::Rate(rate.id)),
            rate: rate.as_ref().map(|rate| &rate.key),
            revision: rate.as_ref().map_or(submission.sent_revision, |rate| rate.sent_revision).expect("it was sent"),
            says,
        };
        let round = questions::ask(&mut tx, &self.clock, proof, question).await.expect("it is asked");
        tx.commit().await.expect("it stays asked");
        round
    }

    /// The state responds to the round of a department that is open.
    pub async fn respond(&self, author: &str, story: &Story, department: Department) {
        let by = self.person(author).await;
        let proof = by.responder_for(&story.key[..2]).expect("a state user responds");
        let (mut tx, submission, _) = self.opened(&by, story).await;
        let rounds = questions::standing_on(&mut tx, About::Contract(submission.id)).await.expect("they are read");
        let round = rounds.iter().find(|round| round.department == department).expect("the department has asked");
        let says = Unsaid { text: Some("In section 4."), files: &[], recorded: None };
        let answer = Answer { id: self.clock.new_id(), says };
        questions::respond(&mut tx, &self.clock, proof, round, answer).await.expect("it is sent");
        tx.commit().await.expect("it stays sent");
    }

    /// A draft that was deleted.
    pub async fn deleted(&self, author: &str) -> Story {
        let story = self.drafted(author).await;
        let author = self.person(author).await;
        let mut tx = self.db.begin().await.expect("a transaction begins");
        let submission = submissions::lock(&mut tx, &author, &story.key).await.expect("it is there");
        let draft = draft::load(&mut tx, submission).await.expect("it is a draft");
        let proof = author.state_user().expect("a state user deletes");
        draft::delete(&mut tx, &self.clock, proof, &draft).await.expect("it is deleted");
        tx.commit().await.expect("it stays deleted");
        story
    }

    /// The key of DMCO's review of a submission.
    pub async fn review_of(&self, story: &Story) -> DepartmentReviewId {
        let mut conn = self.db.acquire().await.expect("a connection is free");
        reviews::of_submission(&mut conn, story.id).await.expect("the database answers").remove(0).id
    }

    async fn opened(&self, by: &Person, story: &Story) -> (Transaction, Submission, DepartmentReview) {
        let mut tx = self.db.begin().await.expect("a transaction begins");
        let submission = submissions::lock(&mut tx, by, &story.key).await.expect("it is there");
        let review = reviews::of_submission(&mut tx, submission.id).await.expect("the database answers").remove(0);
        (tx, submission, review)
    }
}

type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

#[track_caller]
fn written(result: Result<i32, Unwritten>) {
    assert!(result.is_ok(), "nobody else writes here: {result:?}");
}

/// A complete new certification for these programs.
fn rate_form(programs: &[ProgramId], blank: &RateForm) -> RateForm {
    let text = include_str!("../../src/domain/forms/tests/rate_v1.json");
    let mut document: Value = serde_json::from_str(text).expect("the example is JSON");
    document["rate_program_ids"] = json!(programs);
    document["rate_type"] = json!("NEW");
    read(blank, document, 1).expect("the example is a form")
}

/// A complete amendment for the first two programs of the state, with some answers changed.
async fn answers(conn: &mut PgConnection, state_code: &str, kind: SubmissionKind, changed: &Value) -> ContractForm {
    let programs: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select id from program where state_code = $1 and not rate_only and retired_on is null order by name limit 2",
    )
    .bind(state_code)
    .fetch_all(conn)
    .await
    .expect("the state has programs");
    let text = match kind {
        SubmissionKind::HealthPlan => include_str!("../../src/domain/forms/tests/health_plan_v1.json"),
        SubmissionKind::Eqro => include_str!("../../src/domain/forms/tests/eqro_v1.json"),
    };
    let mut document: Value = serde_json::from_str(text).expect("the example is JSON");
    document["program_ids"] = json!(programs);
    document["submission_type"] = json!("CONTRACT_ONLY");
    for (key, answer) in changed.as_object().expect("answers by key") {
        document[key] = answer.clone();
    }
    read(&ContractForm::blank(kind), document, 1).expect("the example is a form")
}
