//! The state fills in a draft and sends it.

use anyhow::Context;
use serde_json::json;
use sqlx::PgConnection;

use super::Scene;
use crate::demo::answers::{contacts_page, contract_page};
use crate::documents::{self, Owner, ReceivedFile};
use crate::domain::document::Category;
use crate::domain::forms::{Change, ContractForm, Form};
use crate::submissions::draft::{self, Draft, Save};
use crate::submissions::submit::submit;

impl Scene<'_> {
    /// The open draft, locked.
    pub(super) async fn draft(&self, conn: &mut PgConnection) -> anyhow::Result<Draft> {
        let submission = self.lock(conn, self.author.person).await?;
        Ok(draft::load(conn, submission).await?)
    }

    pub(super) async fn save(
        &self,
        conn: &mut PgConnection,
        draft: &Draft,
        data: &ContractForm,
        others: Vec<Change>,
    ) -> anyhow::Result<()> {
        let saved = draft::save(conn, &self.clock, self.author, draft, Save { data, others }, &self.programs).await?;
        saved.map(|_| ()).context("the draft has another version")
    }

    pub(super) async fn attach(
        &self,
        conn: &mut PgConnection,
        owner: Owner,
        file: &ReceivedFile,
    ) -> anyhow::Result<()> {
        let attached = documents::attach(conn, &self.clock, self.author.person, owner, file).await?;
        attached.map(|_| ()).map_err(|problem| anyhow::anyhow!("{}: {problem:?}", file.file_name))
    }

    /// The short name of the first program, for file names.
    pub(super) fn program(&self, data: &ContractForm) -> &str {
        let program = data.program_ids().first().and_then(|id| self.programs.get(*id));
        program.map_or("Medicaid", |program| program.name.as_str())
    }

    pub(super) async fn fill_in_contract(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let data = contract_page(&mut self.rng, &draft.data, self.clock.today());
        let program = self.program(&draft.data).to_owned();
        let files = self.stage.library.files(&mut self.rng, &self.key.state_code, &program);
        for file in &files {
            self.attach(conn, Owner::Contract(draft.id), file).await?;
        }
        let changes = Category::CONTRACT.into_iter().filter_map(|category| {
            let of_category = files.iter().filter(|file| file.category == category);
            let names: Vec<&str> = of_category.map(|file| file.file_name.as_str()).collect();
            let key = format!("documents.{}", category.as_str());
            (!names.is_empty()).then(|| Change { key, old: json!([]), new: json!(names) })
        });
        let changes = changes.collect();
        self.save(conn, &draft, &data, changes).await
    }

    pub(super) async fn fill_in_contacts(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let data = contacts_page(&mut self.rng, &draft.data, self.author.person);
        self.save(conn, &draft, &data, Vec::new()).await
    }

    /// Sends what is written; a version after the first with a summary of its changes.
    pub(super) async fn send(&mut self, conn: &mut PgConnection, summary: Option<&str>) -> anyhow::Result<()> {
        self.need_a_rate(conn).await?;
        let draft = self.draft(conn).await?;
        let sent = submit(conn, &self.clock, self.author, &draft, &self.programs, summary).await?;
        sent.map(|_| ()).map_err(|problems| anyhow::anyhow!("the form is not complete: {problems:?}"))
    }
}
