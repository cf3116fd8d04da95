//! The lists that views are of.

use actix_web::HttpResponse;
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;

use crate::domain::permission::Person;
use crate::rates::Rates;
use crate::submissions::Submissions;
use crate::web::list::{Kept, List, kept, settled};
use crate::web::{Result, SignedIn};

/// A list that views are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Listed {
    /// The list of submissions.
    Submissions,
    /// The list of rates.
    Rates,
}

impl Listed {
    /// Every list, in the order of the page.
    pub const ALL: [Self; 2] = [Self::Submissions, Self::Rates];

    /// The list of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Submissions => Submissions::NAME,
            Self::Rates => Rates::NAME,
        }
    }

    /// Its name as the beginning of a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Submissions => "Submissions",
            Self::Rates => "Rates",
        }
    }

    /// Where it is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Submissions => Submissions::PATH,
            Self::Rates => Rates::PATH,
        }
    }

    /// Kept queries of it, as they stand for a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept(
        self,
        conn: &mut PgConnection,
        person: &Person,
        today: Date,
        queries: &[&str],
    ) -> sqlx::Result<Vec<Kept>> {
        match self {
            Self::Submissions => kept::<Submissions>(conn, person, today, queries).await,
            Self::Rates => kept::<Rates>(conn, person, today, queries).await,
        }
    }

    /// A query of it to be kept, or the answer to one that asks for what the list does not have.
    ///
    /// # Errors
    /// As [`settled`].
    pub async fn settled(
        self,
        who: &SignedIn,
        conn: &mut PgConnection,
        raw: &str,
    ) -> Result<Result<String, HttpResponse>> {
        match self {
            Self::Submissions => settled::<Submissions>(who, conn, raw).await,
            Self::Rates => settled::<Rates>(who, conn, raw).await,
        }
    }
}
