//! The names of drafts, which follow the short names of their programs until the first submit.

use sqlx::PgConnection;

use crate::domain::id::{ContractReviewId, ProgramId};
use crate::domain::key::SubmissionKey;
use crate::domain::naming::contract_review_name;

/// A draft that was never sent, locked.
pub struct Draft {
    id: ContractReviewId,
    key: SubmissionKey,
}

/// Locks the drafts that name the program, in the order of their ids. Contract reviews come before programs.
pub async fn lock_drafts(conn: &mut PgConnection, program: ProgramId) -> sqlx::Result<Vec<Draft>> {
    let rows = sqlx::query!(
        r#"select r.id as "id: ContractReviewId", r.state_code, r.number from contract_review r
            where r.status = 'draft' and r.deleted_at is null
              and exists (select from contract_review_program p where p.contract_review_id = r.id and p.program_id = $1)
            order by r.id for no key update"#,
        program as _,
    )
    .fetch_all(conn)
    .await?;
    let draft = |(id, state_code, number)| Draft { id, key: SubmissionKey { state_code, number } };
    Ok(rows.into_iter().map(|row| draft((row.id, row.state_code, row.number))).collect())
}

/// Names the drafts by what their programs are called now.
pub async fn follow(conn: &mut PgConnection, drafts: &[Draft]) -> sqlx::Result<()> {
    for draft in drafts {
        let programs = sqlx::query_scalar!(
            "select p.name from contract_review_program c join program p on p.id = c.program_id
              where c.contract_review_id = $1",
            draft.id as _,
        )
        .fetch_all(&mut *conn)
        .await?;
        let name = contract_review_name(&draft.key, programs.iter().map(String::as_str));
        sqlx::query!("update contract_review set name = $2 where id = $1", draft.id as _, name)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
