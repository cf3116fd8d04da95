//! The state changes what it was asked to change: answers, documents and rates of the open version; then sends it.

use rand::RngExt;
use serde_json::json;
use sqlx::PgConnection;
use time::{Date, Duration};

use super::Scene;
use super::errands::Errand;
use super::rates::WITH_DSNP;
use crate::demo::answers::{contacts_page, months_later};
use crate::documents::{self, Document, Owner};
use crate::domain::document::Category;
use crate::domain::forms::{Change, ContractForm, ExecutionStatus, Programs};
use crate::domain::id::ProgramId;
use crate::domain::key::RateKey;
use crate::rates;
use crate::submissions::draft;

impl Scene<'_> {
    pub(super) async fn revise(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        self.programs = draft::programs(conn, &self.clock, &self.key.state_code).await?;
        if self.rng.random_bool(0.25) {
            self.errands.push(Errand::Contacts);
        }
        self.bring_up_to_date(conn).await?;
        for errand in self.errands.clone() {
            self.mend(conn, &errand).await?;
        }
        Ok(())
    }

    pub(super) async fn resubmit(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let summary: Vec<String> = self.errands.iter().map(|errand| errand.summary(&draft.data)).collect();
        self.errands.clear();
        self.send(conn, Some(&summary.join(" "))).await
    }

    async fn mend(&mut self, conn: &mut PgConnection, errand: &Errand) -> anyhow::Result<()> {
        match errand {
            Errand::Period => self.lengthen(conn).await,
            Errand::Signatures => self.sign(conn).await,
            Errand::Document(name) => {
                let draft = self.draft(conn).await?;
                let name = format!("{name} {}, version {}.pdf", self.program(&draft.data), draft.revision);
                self.change_file(conn, Category::ContractSupporting, name, None).await
            }
            Errand::Certification(key) => self.certify_anew(conn, key).await,
            Errand::Rate => self.add_rate(conn).await,
            Errand::Provision(_) | Errand::Compliance | Errand::Contacts => {
                let draft = self.draft(conn).await?;
                let mut data = draft.data.clone();
                match (errand, &mut data) {
                    (Errand::Provision(provision), ContractForm::HealthPlan(form)) => {
                        *form.provisions.get_mut(*provision) = Some(true);
                    }
                    (Errand::Compliance, ContractForm::HealthPlan(form)) => {
                        form.statutory_regulatory_attestation = Some(true);
                        form.statutory_regulatory_attestation_description = None;
                    }
                    (Errand::Contacts, _) => data = contacts_page(&mut self.rng, &data, self.author.person),
                    _ => {}
                }
                self.save(conn, &draft, &data, Vec::new()).await
            }
        }
    }

    /// A year is added to the contract, and to those of its rates that are for the same period.
    async fn lengthen(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let Some(end) = draft.data.contract_date_end() else { return Ok(()) };
        let later = months_later(end + Duration::DAY, 12) - Duration::DAY;
        let moved = |day: Option<Date>| if day == Some(end) { Some(later) } else { day };
        let mut data = draft.data.clone();
        match &mut data {
            ContractForm::HealthPlan(form) => form.contract_date_end = Some(later),
            ContractForm::Eqro(form) => form.contract_date_end = Some(later),
        }
        let mut others = Vec::new();
        for rate in &draft.rates {
            let Some(own) = rate.own() else { continue };
            let mut form = own.form.clone();
            form.answers.rate_date_end = moved(form.answers.rate_date_end);
            form.answers.amendment_effective_date_end = moved(form.answers.amendment_effective_date_end);
            others.extend(rates::save(conn, rate, own, &form, &self.programs).await?);
        }
        self.save(conn, &draft, &data, others).await
    }

    /// The signed contract takes the place of the one that was not.
    async fn sign(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let mut data = draft.data.clone();
        match &mut data {
            ContractForm::HealthPlan(form) => form.contract_execution_status = Some(ExecutionStatus::Executed),
            ContractForm::Eqro(form) => form.contract_execution_status = Some(ExecutionStatus::Executed),
        }
        self.save(conn, &draft, &data, Vec::new()).await?;
        let documents = documents::of_submission(conn, draft.id).await?;
        let unsigned = documents.iter().find(|document| document.category == Category::Contract);
        let name = format!("{} {} contract, executed.pdf", self.key.state_code, self.program(&data));
        self.change_file(conn, Category::Contract, name, unsigned).await
    }

    /// Puts a new file into a list of the contract, in the place of another or beside those that are there.
    async fn change_file(
        &mut self,
        conn: &mut PgConnection,
        category: Category,
        name: String,
        instead: Option<&Document>,
    ) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let owner = Owner::Contract(draft.id);
        let before = documents::of_submission(conn, draft.id).await?;
        let Some(file) = self.stage.library.another(&mut self.rng, category, name, &before) else { return Ok(()) };
        if let Some(document) = instead {
            documents::remove(conn, owner, document.id).await?;
        }
        self.attach(conn, owner, &file).await?;
        let after = documents::of_submission(conn, draft.id).await?;
        let change = list_change(category, &before, &after);
        self.save(conn, &draft, &draft.data, vec![change]).await
    }

    /// The actuary certifies a rate anew, in a new document.
    async fn certify_anew(&mut self, conn: &mut PgConnection, key: &RateKey) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let Some(rate) = draft.rates.iter().find(|rate| rate.key == *key) else { return Ok(()) };
        let Some(own) = rate.own() else { return Ok(()) };
        let mut form = own.form.clone();
        form.answers.rate_date_certified = Some(self.clock.today() - Duration::days(self.rng.random_range(0..3)));
        let mut changes = rates::save(conn, rate, own, &form, &self.programs).await?;
        let category = Category::RateCertification;
        let name = format!("{}.pdf", form.name(&self.key.state_code, &self.programs));
        if let Some(file) = self.stage.library.another(&mut self.rng, category, name, &own.documents) {
            self.attach(conn, Owner::Rate(own.id), &file).await?;
            let after = documents::of_rates(conn, &[own.id]).await?.remove(&own.id).unwrap_or_default();
            let change = list_change(category, &own.documents, &after);
            changes.push(Change { key: rates::path(key, &change.key), ..change });
        }
        self.save(conn, &draft, &draft.data, changes).await
    }

    /// What was right when the version before was sent may not be any more: programs are retired, questions are asked
    /// that were not, and rates have come from elsewhere.
    async fn bring_up_to_date(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let mut data = draft.data.clone();
        match &mut data {
            ContractForm::HealthPlan(form) => {
                form.program_ids = in_use(&self.programs, &form.program_ids);
                for provision in form.provision_variant().map_or(&[][..], |variant| variant.provisions()) {
                    form.provisions.get_mut(*provision).get_or_insert(false);
                }
            }
            ContractForm::Eqro(form) => form.program_ids = in_use(&self.programs, &form.program_ids),
        }
        let mut others = Vec::new();
        for rate in &draft.rates {
            let Some(own) = rate.own() else { continue };
            let mut form = own.form.clone();
            form.answers.rate_program_ids = in_use(&self.programs, &form.answers.rate_program_ids);
            if form.tied_to_dsnp && form.answers.rate_medicaid_populations.is_empty() {
                form.answers.rate_medicaid_populations = WITH_DSNP.to_vec();
            }
            others.extend(rates::save(conn, rate, own, &form, &self.programs).await?);
        }
        self.save(conn, &draft, &data, others).await
    }
}

/// What changed in a list of documents.
fn list_change(category: Category, before: &[Document], after: &[Document]) -> Change {
    let names = |documents: &[Document]| -> Vec<String> {
        let of_list = documents.iter().filter(|document| document.category == category);
        of_list.map(|document| document.file_name.clone()).collect()
    };
    let key = format!("documents.{}", category.as_str());
    Change { key, old: json!(names(before)), new: json!(names(after)) }
}

/// Programs with the successors of those that are retired, in their order.
fn in_use(programs: &Programs, chosen: &[ProgramId]) -> Vec<ProgramId> {
    let name = |id: &ProgramId| {
        let program = programs.get(*id)?;
        if program.retired { program.replaced_by_name.as_ref() } else { Some(&program.name) }
    };
    let names: Vec<&String> = chosen.iter().filter_map(name).collect();
    programs.iter().filter(|program| names.contains(&&program.name)).map(|program| program.id).collect()
}
