//! Who acts in the invented world: the demonstration accounts that are still active.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sqlx::PgConnection;

use crate::accounts::DEMONSTRATION_DOMAIN;
use crate::domain::id::AccountId;
use crate::domain::lifecycle::{ContractReviewAction, RateReviewAction};
use crate::domain::permission::{
    Corrector, DepartmentMember, PackageApprover, PackageDeed, Person, RateDeed, StateUser,
};
use crate::domain::role::{Department, Role};
use crate::reviews::Reviewer;

/// The people by what they do.
#[derive(Debug)]
pub struct Cast {
    people: Vec<(Person, Vec<String>)>,
}

impl Cast {
    /// The demonstration accounts, each with the states that they follow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gather(conn: &mut PgConnection) -> sqlx::Result<Self> {
        let rows = sqlx::query!(
            r#"select a.id as "id: AccountId", a.given_name || ' ' || a.family_name as "name!", a.email, a.role, a.state_code,
                      s.name as "state_name?", a.department,
                      array(select f.state_code from state_assignment f where f.account_id = a.id) as "follows!"
                 from account a left join state s on s.code = a.state_code
                where a.active and a.email like '%' || $1 order by a.email"#,
            DEMONSTRATION_DOMAIN,
        )
        .fetch_all(conn)
        .await?;
        let person = rows.into_iter().map(|row| {
            let person = Person {
                id: row.id,
                name: row.name,
                email: row.email,
                role: row.role,
                state_code: row.state_code,
                state_name: row.state_name,
                department: row.department,
            };
            (person, row.follows)
        });
        Ok(Self { people: person.collect() })
    }

    /// The states that somebody writes for.
    pub fn states(&self) -> Vec<String> {
        let mut states: Vec<String> = self.people.iter().filter_map(|(person, _)| person.state_code.clone()).collect();
        states.sort();
        states.dedup();
        states
    }

    /// Somebody who writes for a state.
    pub fn author(&self, rng: &mut StdRng, state_code: &str) -> Option<StateUser<'_>> {
        let authors: Vec<_> = self.all().filter_map(Person::state_user).collect();
        let of_state: Vec<_> = authors.into_iter().filter(|author| author.state_code == state_code).collect();
        of_state.choose(rng).copied()
    }

    /// Somebody who reviews for a department, mostly one who follows the state.
    pub fn reviewer(&self, rng: &mut StdRng, department: Department, state_code: &str) -> Option<DepartmentMember<'_>> {
        let reviewers = self.people.iter().filter(|(person, _)| person.role == Role::CmsReviewer);
        let mut members: Vec<_> =
            reviewers.filter_map(|(person, follows)| Some((person.member_of(department)?, follows))).collect();
        if rng.random_bool(0.9) && members.iter().any(|(_, follows)| follows.iter().any(|code| code == state_code)) {
            members.retain(|(_, follows)| follows.iter().any(|code| code == state_code));
        }
        members.choose(rng).map(|(member, _)| *member)
    }

    /// The person who is on a review, as its department's member.
    pub fn member(&self, reviewer: &Reviewer) -> Option<DepartmentMember<'_>> {
        let person = self.all().find(|person| person.id == reviewer.id)?;
        person.member_of(person.department?)
    }

    /// Somebody who puts people on the reviews of a department: an approver of it, or else an administrator.
    pub fn assigner(&self, department: Department) -> Option<&Person> {
        let assigns = |person: &&Person| person.assigner_for(department).is_some();
        let approver = |person: &&Person| person.role == Role::CmsApprover && assigns(person);
        self.all().find(approver).or_else(|| self.all().find(assigns))
    }

    /// An approver of contracts, now and then an administrator.
    pub fn approver(&self, rng: &mut StdRng) -> Option<PackageApprover<'_>> {
        let role = if rng.random_bool(0.95) { Role::CmsApprover } else { Role::Admin };
        let approvers: Vec<_> = self
            .all()
            .filter(|person| {
                person.role == role && person.department.is_none_or(|department| department == Department::Dmco)
            })
            .filter_map(Person::package_approver)
            .collect();
        approvers.choose(rng).copied()
    }

    /// Somebody who may do this with packages: of the departments DMCO alone, rather one who follows the state.
    pub fn may(&self, rng: &mut StdRng, state_code: &str, action: ContractReviewAction) -> Option<PackageDeed<'_>> {
        let may = |person: &Person| {
            let own = person.department.is_none_or(|department| department == Department::Dmco);
            own && person.package_deed(action).is_some()
        };
        self.one_who(rng, state_code, may)?.package_deed(action)
    }

    /// Somebody who may do this with rates: of the departments that review them, rather one who follows the state.
    pub fn may_with_rates(&self, rng: &mut StdRng, state_code: &str, action: RateReviewAction) -> Option<RateDeed<'_>> {
        let may = |person: &Person| {
            let own = person.department.is_some_and(|department| department != Department::Dmco);
            own && person.rate_deed(action).is_some()
        };
        self.one_who(rng, state_code, may)?.rate_deed(action)
    }

    /// Somebody who corrects what was sent.
    pub fn corrector(&self, rng: &mut StdRng) -> Option<Corrector<'_>> {
        let correctors: Vec<_> = self.all().filter_map(Person::corrector).collect();
        correctors.choose(rng).copied()
    }

    /// Somebody else of a department, to be named in a note.
    pub fn colleague(&self, rng: &mut StdRng, of: &Person) -> Option<&Person> {
        let others: Vec<_> = self.all().filter(|person| person.department.is_some() && person.id != of.id).collect();
        others.choose(rng).copied()
    }

    fn one_who(&self, rng: &mut StdRng, state_code: &str, may: impl Fn(&Person) -> bool) -> Option<&Person> {
        let all: Vec<_> = self.people.iter().filter(|(person, _)| may(person)).collect();
        let near = all.iter().filter(|(_, follows)| follows.iter().any(|code| code == state_code));
        let near: Vec<_> = near.copied().collect();
        let chosen = if near.is_empty() { all.choose(rng) } else { near.choose(rng) };
        chosen.map(|(person, _)| person)
    }

    fn all(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().map(|(person, _)| person)
    }
}
