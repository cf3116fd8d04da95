//! What of a draft a form page edits: the contract's form, or the form of one of its rates.

use std::future::Future;

use sqlx::PgConnection;
use time::Date;

use super::way::Way;
use crate::documents::{self, Document, Owner};
use crate::domain::clock::Clock;
use crate::domain::forms::{Change, ContractForm, Form, Package, Problem, Programs, RateForm, check_page, check_rate};
use crate::domain::permission::StateUser;
use crate::rates::{self, DraftRate, RateDraft};
use crate::submissions::draft::{self, Draft, Save};
use crate::web::{Error, Result};

/// A form that pages of a draft edit. Whatever is saved of it, the version of the draft grows by one.
pub trait Part: Form {
    /// The form as the draft holds it; none of a rate that is not, or no longer, its own to edit.
    fn stored(draft: &Draft, way: &Way) -> Option<Self>;

    /// What its documents belong to.
    fn owner(draft: &Draft, way: &Way) -> Option<Owner>;

    /// Its documents as they stand.
    fn documents(conn: &mut PgConnection, draft: &Draft, way: &Way) -> impl Future<Output = Result<Vec<Document>>>;

    /// The contract form whose steps the pages follow.
    fn contract<'a>(&'a self, draft: &'a Draft) -> &'a ContractForm;

    /// What stands above its pages: what the submission, or the rate, is called with these answers.
    fn heading(&self, draft: &Draft, way: &Way, programs: &Programs) -> String;

    /// The open points of the page.
    fn problems(&self, sight: &Sight<'_>, today: Date) -> Vec<Problem>;

    /// Saves these answers in place of those that the draft holds, with what changed of the documents. Gives the
    /// draft's version afterwards; none when the draft was changed since it was read.
    fn store(
        &self,
        conn: &mut PgConnection,
        clock: &Clock,
        proof: StateUser<'_>,
        sight: &Sight<'_>,
        documents: Vec<Change>,
    ) -> impl Future<Output = Result<Option<i32>>>;
}

/// Where a page stands, and what it is seen with.
pub struct Sight<'a> {
    /// The draft.
    pub draft: &'a Draft,
    /// The page.
    pub way: &'a Way,
    /// The programs of the state.
    pub programs: &'a Programs,
    /// The documents of the page's form.
    pub documents: &'a [Document],
}

impl Part for ContractForm {
    fn stored(draft: &Draft, _: &Way) -> Option<Self> {
        Some(draft.data.clone())
    }

    fn owner(draft: &Draft, _: &Way) -> Option<Owner> {
        Some(Owner::Contract(draft.id))
    }

    async fn documents(conn: &mut PgConnection, draft: &Draft, _: &Way) -> Result<Vec<Document>> {
        documents::of_submission(conn, draft.id).await
    }

    fn contract<'a>(&'a self, _: &'a Draft) -> &'a ContractForm {
        self
    }

    fn heading(&self, draft: &Draft, _: &Way, programs: &Programs) -> String {
        draft::name(&draft.submission.key, self, programs)
    }

    fn problems(&self, sight: &Sight<'_>, today: Date) -> Vec<Problem> {
        let documents: Vec<_> = sight.documents.iter().map(Document::facts).collect();
        let rates: Vec<_> = sight.draft.rates.iter().map(DraftRate::in_package).collect();
        let package = Package { contract: self, programs: sight.programs, documents: &documents, rates: &rates };
        check_page(&package, sight.way.page, today)
    }

    async fn store(
        &self,
        conn: &mut PgConnection,
        clock: &Clock,
        proof: StateUser<'_>,
        sight: &Sight<'_>,
        documents: Vec<Change>,
    ) -> Result<Option<i32>> {
        let draft = sight.draft;
        let mut others = documents;
        if self.bars_rates() && !draft.rates.is_empty() {
            // Whoever saves has confirmed that the rates go.
            for rate in &draft.rates {
                rates::remove(conn, clock, proof, draft.package(), rate).await?;
            }
            others.extend(rates::list_change(&draft.rates, &[]));
        }
        draft::save(conn, clock, proof, draft, Save { data: self, others }, sight.programs).await
    }
}

/// The rate of a page, with its open draft.
fn rate_of<'a>(draft: &'a Draft, way: &Way) -> Option<(&'a DraftRate, &'a RateDraft)> {
    let key = way.rate.as_ref()?;
    let rate = draft.rates.iter().find(|rate| rate.key == *key)?;
    Some((rate, rate.own()?))
}

impl Part for RateForm {
    fn stored(draft: &Draft, way: &Way) -> Option<Self> {
        rate_of(draft, way).map(|(_, own)| own.form.clone())
    }

    fn owner(draft: &Draft, way: &Way) -> Option<Owner> {
        rate_of(draft, way).map(|(_, own)| Owner::Rate(own.id))
    }

    async fn documents(conn: &mut PgConnection, draft: &Draft, way: &Way) -> Result<Vec<Document>> {
        let (_, own) = rate_of(draft, way).ok_or(Error::NotFound)?;
        Ok(documents::of_rates(conn, &[own.id]).await?.remove(&own.id).unwrap_or_default())
    }

    fn contract<'a>(&'a self, draft: &'a Draft) -> &'a ContractForm {
        &draft.data
    }

    fn heading(&self, draft: &Draft, way: &Way, programs: &Programs) -> String {
        let name = self.name(&draft.submission.key.state_code, programs);
        way.rate.as_ref().map_or(name.clone(), |key| format!("{key}: {name}"))
    }

    fn problems(&self, sight: &Sight<'_>, today: Date) -> Vec<Problem> {
        let Some(key) = &sight.way.rate else { return Vec::new() };
        let documents: Vec<_> = sight.documents.iter().map(Document::facts).collect();
        check_rate(key, self, &documents, sight.programs, today)
    }

    async fn store(
        &self,
        conn: &mut PgConnection,
        clock: &Clock,
        proof: StateUser<'_>,
        sight: &Sight<'_>,
        documents: Vec<Change>,
    ) -> Result<Option<i32>> {
        let (rate, own) = rate_of(sight.draft, sight.way).ok_or(Error::NotFound)?;
        let of_rate = |change: Change| Change { key: rates::path(&rate.key, &change.key), ..change };
        let mut others = rates::save(conn, rate, own, self, sight.programs).await?;
        others.extend(documents.into_iter().map(of_rate));
        let save = Save { data: &sight.draft.data, others };
        draft::save(conn, clock, proof, sight.draft, save, sight.programs).await
    }
}
