//! What the database holds of the submissions of a walk, as one query reads it and as the model has it.

use mc_review::domain::lifecycle::{
    Closing, ContractReviewStatus as C, DepartmentReviewStatus as D, RateReviewStatus as R, RoundStatus,
};
use mc_review::domain::role::Department;
use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::rounds::{Round, Said};
use super::{End, Form, Model, RateEnd, Subject};

/// Everything that model and product have to agree on.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Standing {
    pub contracts: Vec<ContractRow>,
    pub versions: Vec<VersionRow>,
    pub rates: Vec<RateRow>,
    pub rate_versions: Vec<RateVersionRow>,
    pub reviews: Vec<ReviewRow>,
    pub rounds: Vec<RoundRow>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct ContractRow {
    pub id: Uuid,
    pub status: C,
    pub version: i32,
    pub sent_revision: Option<i32>,
    pub deleted: bool,
    pub released: bool,
    pub mccrs_number: Option<String>,
    pub turn: String,
    /// How many rounds on its page are open, and how many are answered.
    pub rounds: (i64, i64),
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct VersionRow {
    pub contract: Uuid,
    pub revision: i32,
    pub version: i32,
    pub led_to: Option<C>,
    pub discarded: bool,
    pub population: String,
    pub includes: String,
    /// Rate, place and version of each of its rates.
    pub package: Vec<(Uuid, i32, Option<i32>)>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct RateRow {
    pub id: Uuid,
    pub status: R,
    pub version: i32,
    pub parent: Uuid,
    pub sent_revision: Option<i32>,
    pub withdrawn_with_parent: bool,
    pub deleted: bool,
    /// How many rounds about it are open, and how many are answered.
    pub rounds: (i64, i64),
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct RateVersionRow {
    pub rate: Uuid,
    pub revision: i32,
    pub sent: bool,
    pub discarded: bool,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct ReviewRow {
    pub id: Uuid,
    pub subject: Uuid,
    pub department: Department,
    pub status: D,
    pub status_before: Option<D>,
    pub decision: Option<D>,
    pub decision_note: Option<String>,
    pub decided_revision: Option<i32>,
    pub primary: Option<Uuid>,
    pub secondary: Option<Uuid>,
    pub version: i32,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct RoundRow {
    pub id: Uuid,
    pub subject: Uuid,
    pub department: Department,
    pub round: i32,
    pub status: RoundStatus,
    pub version: i32,
    /// Who asked, and for whom.
    pub said: (Uuid, Option<Uuid>),
    pub closed: Option<(Closing, Uuid)>,
    pub removed: bool,
    pub responses: Vec<ResponseRow>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct ResponseRow {
    pub id: Uuid,
    pub said: (Uuid, Option<Uuid>),
    pub removed: bool,
}

/// One statement, so that it is one moment.
const STANDING: &str = include_str!("standing.sql");

impl Standing {
    /// As the database has it.
    pub async fn read(db: &PgPool, model: &Model) -> Self {
        let ids: Vec<Uuid> = model.contracts.iter().map(|contract| contract.id).collect();
        let value = sqlx::query_scalar(STANDING).bind(ids).fetch_one(db).await.expect("the rows can be read");
        serde_json::from_value(value).expect("the rows are as the tables say")
    }

    /// Where the two differ: the rows that one has and the other has not.
    pub fn differences(&self, product: &Self) -> Vec<String> {
        fn rows<Row: PartialEq + std::fmt::Debug>(model: &[Row], product: &[Row], found: &mut Vec<String>) {
            let missing = |of: &'static str, ours: &[Row], theirs: &[Row]| -> Vec<String> {
                ours.iter().filter(|row| !theirs.contains(row)).map(|row| format!("{of} {row:?}")).collect()
            };
            found.extend(missing("model:  ", model, product));
            found.extend(missing("product:", product, model));
        }
        let mut found = Vec::new();
        rows(&self.contracts, &product.contracts, &mut found);
        rows(&self.versions, &product.versions, &mut found);
        rows(&self.rates, &product.rates, &mut found);
        rows(&self.rate_versions, &product.rate_versions, &mut found);
        rows(&self.reviews, &product.reviews, &mut found);
        rows(&self.rounds, &product.rounds, &mut found);
        found
    }
}

impl Model {
    /// Learns the keys of what the product has made.
    pub fn learn(&mut self, product: &Standing) {
        let keys: Vec<Uuid> = self.reviews.iter().map(|review| self.subject_key(review.subject)).collect();
        for (review, key) in self.reviews.iter_mut().zip(keys).filter(|(review, _)| review.id.is_none()) {
            let row = product.reviews.iter().find(|row| (row.subject, row.department) == (key, review.department));
            review.id = row.map(|row| row.id);
        }
        let keys: Vec<Uuid> = self.rounds.iter().map(|round| self.subject_key(round.subject)).collect();
        for (round, key) in self.rounds.iter_mut().zip(keys) {
            let own =
                |row: &&RoundRow| (row.subject, row.department, row.round) == (key, round.department, round.number);
            let Some(row) = product.rounds.iter().find(own) else { continue };
            round.id = Some(row.id);
            let known: Vec<Uuid> = round.responses.iter().filter_map(|response| response.id).collect();
            let mut new = row.responses.iter().map(|response| response.id).filter(|id| !known.contains(id));
            round.responses.iter_mut().filter(|response| response.id.is_none()).for_each(|sent| sent.id = new.next());
        }
    }

    pub fn subject_key(&self, subject: Subject) -> Uuid {
        match subject {
            Subject::Contract(place) => self.contracts[place].id,
            Subject::Rate(place) => self.rates[place].id,
        }
    }

    /// As the model has it; `accounts` are the keys of the people.
    pub fn standing(&self, accounts: &[Uuid]) -> Standing {
        let mut standing = Standing {
            contracts: self.contract_rows(),
            versions: self.version_rows(),
            rates: self.rate_rows(),
            rate_versions: Vec::new(),
            reviews: self.review_rows(accounts),
            rounds: self.rounds.iter().map(|round| self.round_row(round, accounts)).collect(),
        };
        for rate in &self.rates {
            standing.rate_versions.extend(rate.versions.iter().map(|(revision, end)| RateVersionRow {
                rate: rate.id,
                revision: *revision,
                sent: *end == RateEnd::Sent,
                discarded: *end == RateEnd::Discarded,
            }));
        }
        standing.contracts.sort_by_key(|row| row.id);
        standing.versions.sort_by_key(|row| (row.contract, row.revision));
        standing.rates.sort_by_key(|row| row.id);
        standing.rate_versions.sort_by_key(|row| (row.rate, row.revision));
        standing.reviews.sort_by_key(|row| (row.subject, row.department));
        standing.rounds.sort_by_key(|row| (row.subject, row.department, row.round));
        standing
    }

    fn contract_rows(&self) -> Vec<ContractRow> {
        let row = |(place, contract): (usize, &super::Contract)| ContractRow {
            id: contract.id,
            status: contract.status,
            version: contract.version,
            sent_revision: contract.sent().map(|sent| sent.revision),
            deleted: contract.deleted,
            released: contract.status == C::Approved,
            mccrs_number: contract.mccrs.clone(),
            turn: self.whose_turn(place).to_owned(),
            rounds: self.counts(Subject::Contract(place)),
        };
        self.contracts.iter().enumerate().map(row).collect()
    }

    fn version_rows(&self) -> Vec<VersionRow> {
        let package = |version: &super::Version| {
            let place = |(at, (rate, revision)): (usize, &(usize, Option<i32>))| {
                (self.rates[*rate].id, at as i32 + 1, *revision)
            };
            version.package.iter().enumerate().map(place).collect()
        };
        let row = |contract: &super::Contract, version: &super::Version| VersionRow {
            contract: contract.id,
            revision: version.revision,
            version: version.version,
            led_to: if let End::Sent(status) = version.end { Some(status) } else { None },
            discarded: version.end == End::Discarded,
            population: version.form.population().to_owned(),
            includes: version.form.includes().to_owned(),
            package: package(version),
        };
        let rows =
            self.contracts.iter().flat_map(|contract| contract.versions.iter().map(move |version| (contract, version)));
        rows.map(|(contract, version)| row(contract, version)).collect()
    }

    fn rate_rows(&self) -> Vec<RateRow> {
        let row = |(place, rate): (usize, &super::Rate)| RateRow {
            id: rate.id,
            status: rate.status,
            version: rate.version,
            parent: self.contracts[rate.parent].id,
            sent_revision: rate.sent_revision(),
            withdrawn_with_parent: rate.withdrawn_with_parent,
            deleted: rate.deleted,
            rounds: self.counts(Subject::Rate(place)),
        };
        self.rates.iter().enumerate().map(row).collect()
    }

    fn counts(&self, page: Subject) -> (i64, i64) {
        (self.count(page, RoundStatus::Open), self.count(page, RoundStatus::Answered))
    }

    fn round_row(&self, round: &Round, accounts: &[Uuid]) -> RoundRow {
        let said = |said: Said| (accounts[said.by], said.for_whom.map(|who| accounts[who]));
        let mut responses: Vec<ResponseRow> = round
            .responses
            .iter()
            .map(|response| ResponseRow {
                id: response.id.unwrap_or_default(),
                said: said(response.said),
                removed: response.removed,
            })
            .collect();
        responses.sort_by_key(|row| row.id);
        RoundRow {
            id: round.id.unwrap_or_default(),
            subject: self.subject_key(round.subject),
            department: round.department,
            round: round.number,
            status: round.status,
            version: round.version,
            said: said(round.said),
            closed: round.closed.map(|(closing, who)| (closing, accounts[who])),
            removed: round.removed,
            responses,
        }
    }

    fn review_rows(&self, accounts: &[Uuid]) -> Vec<ReviewRow> {
        let row = |review: &super::Review| ReviewRow {
            id: review.id.unwrap_or_default(),
            subject: self.subject_key(review.subject),
            department: review.department,
            status: review.status,
            status_before: review.before,
            decision: review.decision,
            decision_note: review.note.map(str::to_owned),
            decided_revision: review.decided_revision,
            primary: review.primary.map(|who| accounts[who]),
            secondary: review.secondary.map(|who| accounts[who]),
            version: review.version,
        };
        self.reviews.iter().map(row).collect()
    }
}

impl Form {
    /// Who is covered, as stored.
    pub fn population(self) -> &'static str {
        if self == Self::ChipOnly { "CHIP" } else { "MEDICAID_AND_CHIP" }
    }

    /// What the submission includes, as stored.
    pub fn includes(self) -> &'static str {
        if self.bars_rates() { "CONTRACT_ONLY" } else { "CONTRACT_AND_RATES" }
    }
}
