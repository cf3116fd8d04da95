//! Bringing together what two people did to one draft, so that neither loses anything.

use serde_json::Value;

use super::entry::is_far_too_long;
use super::field::Field;
use super::form::{Form, at, with_values};
use super::posted::Posted;
use super::problem::{Code, Problem, UNKNOWN_CHOICE, far_too_long};

/// One question that both sides answered anew, and differently.
#[derive(Debug, Clone)]
pub struct Collision {
    /// The question.
    pub field: &'static Field,
    /// The answer on the page as it was opened.
    pub then: Value,
    /// The answer that stands.
    pub now: Value,
    /// The answer that this person wanted.
    pub wanted: Value,
}

impl Collision {
    /// The `name` of the radios by which a person settles it.
    pub fn control(&self) -> String {
        format!("choose.{}", self.field.key)
    }

    /// What can be chosen: both only where one text can follow the other.
    pub fn resolutions(&self) -> &'static [Resolution] {
        let all = &[Resolution::Keep, Resolution::Mine, Resolution::Both];
        let both = self.field.takes_both() && self.now.is_string() && self.wanted.is_string();
        if both { all } else { &all[..2] }
    }

    fn settle(&self, resolution: Resolution) -> Value {
        match (resolution, self.now.as_str(), self.wanted.as_str()) {
            (Resolution::Keep, ..) => self.now.clone(),
            (Resolution::Both, Some(now), Some(wanted)) => Value::from(format!("{now}\n\n{wanted}")),
            _ => self.wanted.clone(),
        }
    }
}

/// How a person settles a collision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The answer that stands.
    Keep,
    /// One's own answer.
    Mine,
    /// The text that stands, an empty line, one's own text.
    Both,
}

impl Resolution {
    /// The value as posted.
    pub fn value(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Mine => "mine",
            Self::Both => "both",
        }
    }
}

/// What comes of a save that was drawn from an old version.
#[derive(Debug, Clone)]
pub struct Merge<F> {
    /// Both sides together; where they collide, what stands.
    pub merged: F,
    /// What stands.
    now: F,
    /// What a person has to decide.
    pub collisions: Vec<Collision>,
    /// Changed by others alone, on this page or another: kept.
    pub kept: Vec<&'static Field>,
    /// Changed by this person alone: part of `merged`.
    pub mine: Vec<&'static Field>,
    /// This person changed nothing.
    pub unchanged: bool,
    /// The draft already holds all that this person wanted changed: nothing to write.
    pub already_so: bool,
    /// What the merge changed on its own, to be told to the person.
    pub notices: Vec<&'static str>,
}

/// Brings together the draft as it was opened, as it stands, and as one person wants it (read from `then`).
pub fn merge<F: Form>(then: &F, now: &F, wanted: &F) -> Merge<F> {
    let documents = [then.document(), now.document(), wanted.document()];
    let (mut collisions, mut kept, mut mine, mut values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for field in now.fields().iter().filter(|field| field.is_answer()) {
        let [then, now, wanted] =
            documents.each_ref().map(|document| at(document, field.key).cloned().unwrap_or(Value::Null));
        let (theirs_changed, mine_changed) = (then != now, then != wanted);
        if mine_changed && !theirs_changed {
            mine.push(field);
            values.push((field.key, wanted));
        } else if mine_changed && now != wanted {
            collisions.push(Collision { field, then, now, wanted });
        } else if theirs_changed && !mine_changed {
            kept.push(field);
        }
    }
    let unchanged = then == wanted;
    let merged = with_values(now, values).expect("every value comes from a form of the same kind");
    let (merged, notices) = merged.settled(now);
    // What settling has brought to what was wanted is no question any more.
    let settled = merged.document();
    let (granted, collisions): (Vec<Collision>, Vec<Collision>) =
        collisions.into_iter().partition(|collision| at(&settled, collision.field.key) == Some(&collision.wanted));
    mine.extend(granted.into_iter().map(|collision| collision.field));
    let already_so = !unchanged && mine.is_empty() && collisions.is_empty();
    Merge { merged, now: now.clone(), collisions, kept, mine, unchanged, already_so, notices }
}

/// The answers to save once every collision is settled by the posted choices, and what to tell the person.
///
/// # Errors
/// `required` on each collision without a choice, `unknown_choice` on one that can't be had, `bad_text` when both
/// texts together are too long.
pub fn resolve<F: Form>(merge: &Merge<F>, posted: &Posted) -> Result<(F, Vec<&'static str>), Vec<Problem>> {
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for collision in &merge.collisions {
        match choice(&merge.merged, collision, posted) {
            Ok(value) => values.push((collision.field.key, value)),
            Err((code, message)) => {
                let path = collision.control();
                let target = format!("{path}-{}", Resolution::Keep.value());
                problems.push(Problem { page: collision.field.page, rate: None, path, target, code, message });
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let settled: F = with_values(&merge.merged, values).expect("every value comes from a form of the same kind");
    let (data, more) = settled.settled(&merge.now);
    Ok((data, merge.notices.iter().copied().chain(more).collect()))
}

fn choice<F: Form>(data: &F, collision: &Collision, posted: &Posted) -> Result<Value, (Code, String)> {
    let label = data.label(collision.field);
    let Some(sent) = posted.value(&collision.control()) else {
        return Err((Code::Required, format!("Choose what to save for {label}")));
    };
    let chosen = collision.resolutions().iter().find(|resolution| resolution.value() == sent);
    let Some(chosen) = chosen else {
        return Err((Code::UnknownChoice, UNKNOWN_CHOICE.to_owned()));
    };
    let value = collision.settle(*chosen);
    match value.as_str() {
        Some(text) if is_far_too_long(text) => Err((Code::BadText, far_too_long(&label))),
        _ => Ok(value),
    }
}
