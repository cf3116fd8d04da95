//! The rates of a draft: one or two of its own, now and then one that was sent before.

use anyhow::Context;
use rand::RngExt;
use rand::rngs::StdRng;
use sqlx::PgConnection;
use time::{Date, Duration};

use super::Scene;
use crate::demo::answers::one_of;
use crate::demo::words;
use crate::documents::Owner;
use crate::domain::forms::{
    ActuarialFirm, Actuary, ActuaryContact, CapitationType, ContractForm, Form, RateAnswers, RateForm, RatePopulation,
    RateType, SubmissionType,
};
use crate::rates::{self, Added, Content, Linked};

impl Scene<'_> {
    /// Adds the rates of a submission that sends some.
    pub(super) async fn fill_in_rates(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        if draft.data.submission_type() != Some(SubmissionType::ContractAndRates) {
            return Ok(());
        }
        for _ in 0..if self.rng.random_bool(0.7) { 1 } else { 2 } {
            self.add_rate(conn).await?;
        }
        if self.rng.random_bool(0.25) {
            self.link_rate(conn).await?;
        }
        Ok(())
    }

    pub(super) async fn add_rate(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let before = self.draft(conn).await?;
        let blank = RateForm::blank(before.data.is_tied_to_dsnp());
        let id = self.clock.new_id();
        let added = rates::add(conn, &self.clock, self.author, before.package(), id, &blank).await?;
        let Added::Now(key) = added else { anyhow::bail!("the rate was not added: {added:?}") };
        let list = rates::of_draft(conn, before.id, before.data.is_tied_to_dsnp()).await?;
        let others = rates::list_change(&before.rates, &list).into_iter().collect();
        self.save(conn, &before, &before.data, others).await?;

        let draft = self.draft(conn).await?;
        let rate = draft.rates.iter().find(|rate| rate.key == key).context("the rate is in the draft")?;
        let Content::Own(own) = &rate.content else { anyhow::bail!("a new rate is the draft's own") };
        let form = answers(&mut self.rng, &draft.data, self.clock.today());
        let name = form.name(&key.state_code, &self.programs);
        for file in self.stage.library.rate_files(&mut self.rng, &name) {
            let owner = Owner::Rate(own.id);
            self.attach(conn, owner, &file).await?;
        }
        let changes = rates::save(conn, rate, own, &form, &self.programs).await?;
        self.save(conn, &draft, &draft.data, changes).await
    }

    /// Adds a rate where the contract sends some and none is left: what CMS withdrew is out of the draft.
    pub(super) async fn need_a_rate(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let draft = self.draft(conn).await?;
        let sends = draft.data.submission_type() == Some(SubmissionType::ContractAndRates);
        if sends && draft.rates.is_empty() { self.add_rate(conn).await } else { Ok(()) }
    }

    async fn link_rate(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let before = self.draft(conn).await?;
        let (found, _) = rates::linkable(conn, before.package(), "", 0).await?;
        let Some(chosen) = found.first() else { return Ok(()) };
        if let Linked::Now(_) = rates::link(conn, before.package(), chosen.id).await? {
            let list = rates::of_draft(conn, before.id, before.data.is_tied_to_dsnp()).await?;
            let others = rates::list_change(&before.rates, &list).into_iter().collect();
            self.save(conn, &before, &before.data, others).await?;
        }
        Ok(())
    }
}

/// The populations that a rate of a contract with a D-SNP is for.
pub(super) const WITH_DSNP: [RatePopulation; 2] = [RatePopulation::WithDsnp, RatePopulation::MedicaidOnly];

/// A rate form that is complete and agrees with its contract.
fn answers(rng: &mut StdRng, contract: &ContractForm, today: Date) -> RateForm {
    let amends = rng.random_bool(0.3);
    let start = contract.contract_date_start().unwrap_or(today);
    let end = contract.contract_date_end().unwrap_or(start + Duration::days(364));
    let certified = (start - Duration::days(rng.random_range(20..90))).min(today - Duration::DAY);
    let tied_to_dsnp = contract.is_tied_to_dsnp();
    let answers = RateAnswers {
        rate_type: Some(if amends { RateType::Amendment } else { RateType::New }),
        rate_capitation_type: Some(if rng.random_bool(0.8) {
            CapitationType::RateCell
        } else {
            CapitationType::RateRange
        }),
        rate_program_ids: contract.program_ids().to_vec(),
        rate_medicaid_populations: if tied_to_dsnp { WITH_DSNP.to_vec() } else { Vec::new() },
        rate_date_start: Some(start),
        rate_date_end: Some(end),
        rate_date_certified: Some(certified),
        amendment_effective_date_start: amends.then(|| start + Duration::days(90)),
        amendment_effective_date_end: amends.then_some(end),
        certifying_actuaries: vec![actuary(rng)],
        actuary_communication_preference: Some(if rng.random_bool(0.6) {
            ActuaryContact::ToActuary
        } else {
            ActuaryContact::ToState
        }),
    };
    RateForm { answers, tied_to_dsnp }
}

fn actuary(rng: &mut StdRng) -> Actuary {
    let (first, last) = (one_of(rng, words::FIRST_NAMES), one_of(rng, words::LAST_NAMES));
    let firms = [ActuarialFirm::Mercer, ActuarialFirm::Milliman, ActuarialFirm::Optumas, ActuarialFirm::Other];
    let firm = firms[rng.random_range(0..firms.len())];
    Actuary {
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        suffix: rng.random_bool(0.5).then(|| "FSA".to_owned()),
        title_role: Some("Consulting actuary".to_owned()),
        email: Some(format!("{first}.{last}@actuary.example.com").to_lowercase()),
        actuarial_firm: Some(firm),
        actuarial_firm_other: (firm == ActuarialFirm::Other).then(|| "Northland Actuarial".to_owned()),
    }
}
