//! The state of a form as a page draws it: what stands in its fields and what is wrong with them. One template draws
//! it empty, filled and refused.

/// Something wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The name of the field.
    pub name: String,
    /// The id of the control that the summary links to.
    pub id: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// What stands in a form and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    values: Vec<(String, String)>,
    problems: Vec<FieldProblem>,
    held: Option<HeldNotice>,
}

/// What is said of a form that was held after its session had ended.
#[derive(Clone, Debug)]
pub struct HeldNotice {
    /// That nothing was saved yet, since when it is held, and which files are missing.
    pub sentences: Vec<String>,
    /// Where the page stands without what was typed.
    pub as_saved: String,
}

impl FormState {
    /// A form with values in the order they are posted; names may repeat.
    pub fn filled(values: Vec<(String, String)>) -> Self {
        Self { values, ..Self::default() }
    }

    /// Marks the form as one that was held.
    #[must_use]
    pub fn held_as(self, held: Option<HeldNotice>) -> Self {
        Self { held, ..self }
    }

    /// What is said of it when it was held.
    pub fn held(&self) -> Option<&HeldNotice> {
        self.held.as_ref()
    }

    /// Adds a problem at the control whose id is the field's name.
    pub fn refuse(&mut self, name: impl Into<String>, message: impl Into<String>) {
        let name = name.into();
        self.problems.push(FieldProblem { id: name.clone(), name, message: message.into() });
    }

    /// Adds a problem whose summary links to another control than the one named like the field.
    pub fn refuse_at(&mut self, name: impl Into<String>, id: impl Into<String>, message: impl Into<String>) {
        self.problems.push(FieldProblem { name: name.into(), id: id.into(), message: message.into() });
    }

    /// Whether anything is wrong.
    pub fn failed(&self) -> bool {
        !self.problems.is_empty()
    }

    /// The first value of a field, or nothing.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Whether a field holds `value`, among others or alone.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(field, held)| field == name && held == value)
    }

    /// The values of these fields, in order: of a form that comes back, what it was drawn from.
    pub fn carried(&self, names: &[&'static str]) -> Vec<(&'static str, String)> {
        let own =
            |(name, value): &(String, String)| Some((*names.iter().find(|carried| *carried == name)?, value.clone()));
        self.values.iter().filter_map(own).collect()
    }

    /// The first thing wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.name == name).map(|problem| problem.message.as_str())
    }

    /// Everything wrong, in the order of the page.
    pub fn problems(&self) -> &[FieldProblem] {
        &self.problems
    }

    /// All values, in order.
    pub fn values(&self) -> &[(String, String)] {
        &self.values
    }
}
