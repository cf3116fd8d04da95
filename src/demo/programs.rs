//! Invented but plausible programs for the demonstration states.

use sqlx::PgConnection;
use time::macros::date;

use crate::domain::clock::Clock;
use crate::history::Actor;
use crate::programs::{self, Fields, KnownProgram};

/// State, short name, full name, rate certifications only.
const PROGRAMS: &[(&str, &str, &str, bool)] = &[
    ("MN", "SNBC", "Special Needs Basic Care", false),
    ("MN", "PMAP", "Prepaid Medical Assistance Program", false),
    ("MN", "MSC+", "Senior Care Plus", false),
    ("MN", "MSHO", "Senior Health Options", false),
    ("TX", "STAR", "State of Texas Access Reform", false),
    ("TX", "STAR+PLUS", "Long-term Services and Supports", false),
    ("TX", "CHIP Dental", "Children's Dental Coverage", false),
    ("WI", "BadgerCare", "BadgerCare Plus Families", false),
    ("WI", "Family Care", "Family Care Long-term Services", false),
    ("KY", "Bluegrass Health", "Bluegrass Medicaid Managed Care", false),
    ("KY", "HSTD", "Human Service Transportation Delivery", false),
    ("KY", "NEMT", "Non-emergency Medical Transportation", false),
    ("FL", "MMA", "Managed Medical Assistance", false),
    ("FL", "LTC", "Long-term Care", false),
    ("FL", "Dental", "Statewide Prepaid Dental", false),
    ("FL", "MMA Kick", "Maternity Kick Payments", true),
];

/// Adds the programs that are not there yet; Kentucky's NEMT was retired in favour of HSTD.
///
/// # Errors
/// When the database fails.
pub async fn load(conn: &mut PgConnection, clock: &Clock) -> anyhow::Result<()> {
    let known = programs::list(conn, None).await?;
    for (state_code, name, full_name, rate_only) in PROGRAMS {
        if find(&known, state_code, name).is_some() {
            continue;
        }
        let retired = (*state_code, *name) == ("KY", "NEMT");
        let there = programs::list(conn, Some(state_code)).await?;
        let fields = Fields {
            name: (*name).to_owned(),
            full_name: (*full_name).to_owned(),
            rate_only: *rate_only,
            retired_on: retired.then_some(date!(2026 - 01 - 01)),
            replaced_by: find(&there, state_code, "HSTD").filter(|_| retired).map(|successor| successor.id),
        };
        programs::add(conn, clock, &Actor::product(), clock.new_id(), state_code, &fields).await?;
    }
    Ok(())
}

fn find<'a>(known: &'a [KnownProgram], state_code: &str, name: &str) -> Option<&'a KnownProgram> {
    known.iter().find(|program| program.state_code == state_code && program.fields.name == name)
}
