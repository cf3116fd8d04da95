//! What questions are about: a contract or a rate, with the package that it is reviewed in, and the rounds' way there.

use sqlx::PgConnection;

use super::About;
use super::standing::{Standing, standing};
use crate::domain::lifecycle::{SubmissionKind, Tag, rate_takes_questions, takes_questions};
use crate::domain::permission::Person;
use crate::domain::role::{Department, Side};
use crate::rates;
use crate::reviews;
use crate::submissions::{self, Submission};
use crate::web::{Error, Result, SignedIn};

/// What a question is about.
#[derive(Debug)]
pub struct Case {
    /// Its row.
    pub(super) about: About,
    /// The submission that it is reviewed in: itself, or the parent of the rate.
    pub(super) submission: Submission,
    /// The rate, where it is one.
    pub(super) rate: Option<rates::Rate>,
}

/// Which of the two an address names.
#[expect(async_fn_in_trait, reason = "pages are drawn on the thread that has the request, so nothing has to be Send")]
pub trait Which {
    /// The case of this address, for drawing a page.
    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Case>;
    /// The case of this address in any spelling, if the person may know of it.
    async fn visible(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Case>;
    /// The same with its department reviews, locked until the transaction ends.
    async fn lock(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Case>;
}

/// `/submissions/{key}/…`
#[derive(Debug)]
pub struct OfContract;
/// `/rates/{key}/…`
#[derive(Debug)]
pub struct OfRate;

impl Which for OfContract {
    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Case> {
        let submission = submissions::open(conn, who, key).await?;
        Ok(Case::of_submission(submission))
    }

    async fn visible(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Case> {
        Ok(Case::of_submission(submissions::visible(conn, person, key).await?))
    }

    async fn lock(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Case> {
        let submission = submissions::lock(conn, person, key).await?;
        reviews::lock_all(conn, submission.id).await?;
        Ok(Case::of_submission(submission))
    }
}

impl Which for OfRate {
    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Case> {
        let rate = rates::open(conn, who, key).await?;
        Case::of_rate(conn, who.person(), rate).await
    }

    async fn visible(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Case> {
        let rate = rates::visible(conn, person, key).await?;
        Case::of_rate(conn, person, rate).await
    }

    async fn lock(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Case> {
        let rate = rates::lock_one(conn, person, key).await?;
        reviews::lock_all(conn, rate.parent.id).await?;
        Case::of_rate(conn, person, rate).await
    }
}

impl Case {
    fn of_submission(submission: Submission) -> Self {
        Self { about: About::Contract(submission.id), submission, rate: None }
    }

    async fn of_rate(conn: &mut PgConnection, person: &Person, rate: rates::Rate) -> Result<Self> {
        let submission = submissions::visible(conn, person, &rate.parent.key.to_string()).await?;
        Ok(Self { about: About::Rate(rate.id), submission, rate: Some(rate) })
    }

    /// Its key.
    pub(super) fn key(&self) -> String {
        self.rate.as_ref().map_or_else(|| self.submission.key.to_string(), |rate| rate.key.to_string())
    }

    /// Its full name.
    pub(super) fn name(&self) -> &str {
        self.rate.as_ref().map_or(&self.submission.name, |rate| &rate.name)
    }

    /// What a question about it is about, in words.
    pub(super) fn in_words(&self) -> String {
        match &self.rate {
            Some(rate) => format!("rate {}", rate.key),
            None => format!("the contract of {}", self.submission.key),
        }
    }

    /// Its address.
    pub(super) fn href(&self) -> String {
        let list = if self.rate.is_some() { "rates" } else { "submissions" };
        format!("/{list}/{}", self.key())
    }

    /// Where its rounds stand.
    pub(super) fn questions(&self) -> String {
        format!("{}/questions", self.href())
    }

    /// The way to its pages: the list, itself, its questions.
    pub(super) fn crumbs(&self) -> [(String, String); 3] {
        let list = if self.rate.is_some() { ("/rates", "Rates") } else { ("/submissions", "Submissions") };
        [(list.0.to_owned(), list.1.to_owned()), (self.href(), self.key()), (self.questions(), "Questions".to_owned())]
    }

    /// The latest version that was sent; none of a draft.
    pub(super) fn revision(&self) -> Option<i32> {
        self.rate.as_ref().map_or(self.submission.sent_revision, |rate| rate.sent_revision)
    }

    /// Its status as a side calls it.
    pub(super) fn tag(&self, side: Side) -> Tag {
        self.rate.as_ref().map_or_else(|| self.submission.status.tag(side), |rate| rate.status.tag(side))
    }

    /// The departments that may ask about it.
    pub(super) fn askers(&self) -> &'static [Department] {
        if self.submission.kind == SubmissionKind::Eqro { &[Department::Dmco] } else { &Department::ALL }
    }

    /// Why nobody asks or responds now; nothing while they do.
    pub(super) fn barred(&self, side: Side) -> Option<String> {
        let package = &self.submission;
        let taking = match &self.rate {
            Some(rate) => rate_takes_questions(rate.status, package.status),
            None => takes_questions(package.status),
        };
        if taking {
            return None;
        }
        let own = self.rate.as_ref().filter(|_| takes_questions(package.status));
        let (key, tag) = match own {
            Some(rate) => (rate.key.to_string(), rate.status.tag(side)),
            None => (package.key.to_string(), package.status.tag(side)),
        };
        let status = tag.label.to_lowercase();
        Some(format!("{key} is {status}: questions are neither asked nor answered any more."))
    }

    /// The round that an address names. It stays as it is while the case is locked.
    pub(super) async fn round(&self, conn: &mut PgConnection, department: &str, number: &str) -> Result<Standing> {
        let department = named(department)?;
        let number = number.parse().map_err(|_| Error::NotFound)?;
        let found = standing(conn, self.about.id(), Some((department, number))).await?;
        found.into_iter().next().ok_or(Error::NotFound)
    }
}

/// The department that a part of an address names: `dmco`.
pub(super) fn named(department: &str) -> Result<Department> {
    let found = Department::ALL.into_iter().find(|known| known.short_name().eq_ignore_ascii_case(department));
    found.ok_or(Error::NotFound)
}

/// A department as a part of an address.
pub(super) fn segment(department: Department) -> String {
    department.short_name().to_ascii_lowercase()
}
