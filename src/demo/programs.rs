//! Invented but plausible programs for the demonstration states.

use sqlx::PgConnection;

use crate::domain::clock::Clock;
use crate::domain::id::ProgramId;

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
pub async fn load(conn: &mut PgConnection, clock: &Clock) -> sqlx::Result<()> {
    for (state_code, name, full_name, rate_only) in PROGRAMS {
        sqlx::query!(
            "insert into program (id, state_code, name, full_name, rate_only) values ($1, $2, $3, $4, $5)
             on conflict on constraint program_name_unique do nothing",
            clock.new_id::<ProgramId>() as _,
            state_code,
            name,
            full_name,
            rate_only,
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query!(
        "update program retired set retired_on = '2026-01-01', replaced_by = successor.id
           from program successor
          where retired.state_code = 'KY' and retired.name = 'NEMT' and retired.retired_on is null
            and successor.state_code = 'KY' and successor.name = 'HSTD'"
    )
    .execute(conn)
    .await?;
    Ok(())
}
