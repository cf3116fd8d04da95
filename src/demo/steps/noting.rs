//! Remarks inside CMS, about the contract or one of its rates, half of them with a colleague's name.

use anyhow::Context;
use rand::RngExt;
use rand::seq::IndexedRandom;
use sqlx::PgConnection;

use super::Scene;
use crate::demo::answers::one_of;
use crate::domain::role::Department;
use crate::notes::{self, About, NewNote};
use crate::rates::{self, ChildRate};

/// What is noted about contracts; `{name}` is a colleague's.
const ABOUT_CONTRACTS: &[&str] = &[
    "Called the state about section 4.3: the attachment is the older of the two and can be ignored.",
    "Compared with the contract approved last year: only exhibits B and D differ.",
    "The state's budget year begins on 07/01; they hope for a decision by then.",
    "Same wording as in the contract of the neighboring program. Read both together.",
    "The readiness review is mentioned but not attached. Not needed for the decision.",
    "@{name}, can you look at the risk corridor in section 7? It reads differently from the rate certification.",
    "@{name}: the withhold is close to 5 percent. Is the actuary's view enough for you?",
    "I am away next week. @{name}, please keep an eye on this one.",
    "For @{name}: the directed payment is the one that we discussed on the call with the state.",
    "@{name}, the network tables leave out two counties. Did they come with the waiver?",
];

/// What is noted about rates.
const ABOUT_RATES: &[&str] = &[
    "The trend is 1.2 points above that of last year; the explanation is on page 14.",
    "The rate cells agree with the summary table. The non-benefit load still needs a look.",
    "Base data are two years old, but the completion factors look reasonable.",
    "@{name}, does the managed care adjustment on page 22 look right to you?",
    "@{name}: please compare the pass-through amount with the contract.",
    "The actuary was asked by telephone for the risk scores. @{name}, they will write to both of us.",
];

impl Scene<'_> {
    pub(super) async fn remark(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        // Whoever is on the CMS side finds the submission; its state only locks it for them.
        self.lock(conn, self.author.person).await?;
        rates::lock_children(conn, self.id).await?;
        let sent: Vec<ChildRate> =
            rates::children(conn, self.id).await?.into_iter().filter(|rate| rate.versions > 0).collect();
        let rate = sent.choose(&mut self.rng).filter(|_| self.rng.random_bool(0.5));
        let department = match rate {
            Some(_) if self.rng.random_bool(0.5) => Department::Dmcp,
            Some(_) => Department::Oact,
            None => Department::Dmco,
        };
        let cast = &self.stage.cast;
        let by = cast.reviewer(&mut self.rng, department, &self.key.state_code).map(|member| member.person);
        let by = by.context("nobody reviews")?;
        let proof = by.note_writer().context("reviewers write notes")?;
        let text = one_of(&mut self.rng, if rate.is_some() { ABOUT_RATES } else { ABOUT_CONTRACTS });
        let named = cast.colleague(&mut self.rng, by).context("everybody has colleagues")?;
        let mentions = if text.contains('@') { vec![named.id] } else { Vec::new() };
        let address = rate.map(|rate| rate.key.to_string());
        let note = NewNote {
            id: self.clock.new_id(),
            about: rate.map_or(About::Contract(self.id), |rate| About::Rate(rate.id)),
            rate: address.as_deref(),
            text: &text.replace("{name}", &named.name),
            mentions: &mentions,
        };
        notes::add(conn, &self.clock, proof, note).await?;
        Ok(())
    }
}
