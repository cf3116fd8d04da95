//! The form of one rate certification: its answers, and when each applies.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use crate::domain::id::ProgramId;
use crate::domain::naming::{Certification, rate_name};

use super::answers::{ActuarialFirm, ActuaryContact, CapitationType, RatePopulation, RateType};
use super::dates;
use super::field::Field;
use super::form::{Form, Upcast};
use super::page::Page;
use super::people::Actuary;
use super::programs::Programs;
use super::rate_fields::FIELDS;

/// The answers on a rate; the JSON in `rate_data` has these keys in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateAnswers {
    /// New certification or amendment to a prior one.
    pub rate_type: Option<RateType>,
    /// Rates or rate ranges (42 CFR 438.4(b), (c)).
    pub rate_capitation_type: Option<CapitationType>,
    /// The programs that the rates cover, in natural order of their short names.
    pub rate_program_ids: Vec<ProgramId>,
    /// The populations in the rates, of a contract that is tied to a D-SNP.
    pub rate_medicaid_populations: Vec<RatePopulation>,
    /// First day of the rating period, of an amendment that of the original certification.
    #[serde(with = "dates::stored::option")]
    pub rate_date_start: Option<Date>,
    /// Last day of the rating period.
    #[serde(with = "dates::stored::option")]
    pub rate_date_end: Option<Date>,
    /// When the certification, or its amendment, was certified.
    #[serde(with = "dates::stored::option")]
    pub rate_date_certified: Option<Date>,
    /// First day on which the amendment is in effect.
    #[serde(with = "dates::stored::option")]
    pub amendment_effective_date_start: Option<Date>,
    /// Last day on which the amendment is in effect.
    #[serde(with = "dates::stored::option")]
    pub amendment_effective_date_end: Option<Date>,
    /// The actuaries who certify.
    pub certifying_actuaries: Vec<Actuary>,
    /// How CMS's Office of the Actuary may reach them.
    pub actuary_communication_preference: Option<ActuaryContact>,
}

/// The form of one rate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateForm {
    /// The answers, which are all that is stored.
    pub answers: RateAnswers,
    /// Whether the contract that it is sent with is tied to a D-SNP; see
    /// [`ContractForm::is_tied_to_dsnp`](super::ContractForm::is_tied_to_dsnp).
    pub tied_to_dsnp: bool,
}

impl RateForm {
    /// A form with nothing filled in.
    pub fn blank(tied_to_dsnp: bool) -> Self {
        Self { answers: RateAnswers::default(), tied_to_dsnp }
    }

    /// The name of the rate with these answers.
    pub fn name(&self, state_code: &str, programs: &Programs) -> String {
        let answers = self.applicable().answers;
        let names = answers.rate_program_ids.iter().filter_map(|id| programs.get(*id));
        let certification = answers.rate_type.map(|rate_type| match rate_type {
            RateType::New => Certification::New { start: answers.rate_date_start, end: answers.rate_date_end },
            RateType::Amendment => Certification::Amendment {
                start: answers.amendment_effective_date_start,
                end: answers.amendment_effective_date_end,
            },
        });
        rate_name(state_code, names.map(|program| program.name.as_str()), certification, answers.rate_date_certified)
    }

    fn amends(&self) -> bool {
        self.answers.rate_type == Some(RateType::Amendment)
    }
}

impl Form for RateForm {
    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn document(&self) -> Value {
        serde_json::to_value(&self.answers).expect("a form is plain data, which JSON can always hold")
    }

    fn with_document(&self, document: Value) -> Result<Self, serde_json::Error> {
        Ok(Self { answers: serde_json::from_value(document)?, tied_to_dsnp: self.tied_to_dsnp })
    }

    fn upcasts(&self) -> &'static [Upcast] {
        &[]
    }

    fn program_ids(&self) -> &[ProgramId] {
        &self.answers.rate_program_ids
    }

    fn drawn(&self, page: Page) -> Vec<&'static Field> {
        let drawn = |field: &&Field| self.tied_to_dsnp || field.key != "rate_medicaid_populations";
        FIELDS.iter().filter(|field| field.page == page).filter(drawn).collect()
    }

    fn asks(&self, field: &Field) -> bool {
        match field.key {
            "rate_medicaid_populations" => self.tied_to_dsnp,
            "rate_date_start" | "rate_date_end" | "rate_date_certified" => self.answers.rate_type.is_some(),
            "amendment_effective_date_start" | "amendment_effective_date_end" => self.amends(),
            _ => true,
        }
    }

    fn asks_part(&self, part: &Field, entry: &Value) -> bool {
        part.key != "actuarial_firm_other"
            || entry.get("actuarial_firm").and_then(Value::as_str) == Some(ActuarialFirm::Other.value())
    }

    fn takes_rate_only_programs(&self) -> bool {
        true
    }

    fn applicable(&self) -> Self {
        let mut form = self.clone();
        let answers = &mut form.answers;
        if !self.tied_to_dsnp {
            answers.rate_medicaid_populations.clear();
        }
        if answers.rate_type.is_none() {
            (answers.rate_date_start, answers.rate_date_end, answers.rate_date_certified) = (None, None, None);
        }
        if !self.amends() {
            (answers.amendment_effective_date_start, answers.amendment_effective_date_end) = (None, None);
        }
        let named = |actuary: &&mut Actuary| actuary.actuarial_firm != Some(ActuarialFirm::Other);
        for actuary in answers.certifying_actuaries.iter_mut().filter(named) {
            actuary.actuarial_firm_other = None;
        }
        form
    }

    fn question(&self, field: &Field) -> String {
        match field.key {
            "rate_date_certified" if self.amends() => "Date the amendment was certified".to_owned(),
            _ => field.question.to_owned(),
        }
    }

    fn label(&self, field: &Field) -> String {
        let label = match field.key {
            "rate_date_start" if self.amends() => "Original rating period start date",
            "rate_date_end" if self.amends() => "Original rating period end date",
            "rate_date_certified" if self.amends() => "Date the amendment was certified",
            _ => field.label,
        };
        label.to_owned()
    }

    fn legend(&self, field: &Field) -> Option<&'static str> {
        match field.key {
            "rate_date_start" | "rate_date_end" if self.amends() => Some("Rating period of the original certification"),
            "rate_date_start" | "rate_date_end" => Some("Rating period"),
            "amendment_effective_date_start" | "amendment_effective_date_end" => {
                Some("Effective dates of the rate amendment")
            }
            _ => None,
        }
    }
}
