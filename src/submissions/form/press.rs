//! The buttons of the list of rates: what each asks for, and what was pressed when the session had ended.

use super::way::Way;
use crate::domain::key::RateKey;
use crate::submissions::draft::Draft;
use crate::web::form::FormState;
use crate::web::held::Held;

/// A button of the page.
pub enum Action {
    /// Go on to the next page.
    Continue,
    /// Stay here; nothing is left to save.
    Save,
    /// Go back to the page before.
    Back,
    /// Move a rate up.
    Up(RateKey),
    /// Move a rate down.
    Down(RateKey),
    /// Take a rate out of the draft.
    Remove(RateKey),
}

impl Action {
    /// Reads what a button posts.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, of) = text.split_once(':').unwrap_or((text, ""));
        Some(match name {
            "continue" => Self::Continue,
            "save" => Self::Save,
            "back" => Self::Back,
            "move_up" => Self::Up(of.parse().ok()?),
            "move_down" => Self::Down(of.parse().ok()?),
            "remove_rate" => Self::Remove(of.parse().ok()?),
            _ => return None,
        })
    }

    /// The rate that it is about.
    pub fn rate(&self) -> Option<&RateKey> {
        match self {
            Self::Up(key) | Self::Down(key) | Self::Remove(key) => Some(key),
            Self::Continue | Self::Save | Self::Back => None,
        }
    }
}

/// A press on the list of rates that was not carried out.
pub struct Late {
    /// The version of the draft that the list was drawn from.
    pub version: i32,
    /// The rate whose removal is to be confirmed.
    pub asking: Option<RateKey>,
    /// What was typed, and what is said of it.
    pub form: FormState,
}

impl Late {
    /// What is held of the list, where a rate of the draft was to be moved or removed.
    pub fn of(held: &Held, draft: &Draft, way: &Way) -> Option<Self> {
        let asked = || held.value("asking").map(|key| format!("remove_rate:{key}"));
        let action = Action::parse(&held.value("action").map(str::to_owned).or_else(asked)?)?;
        let rate = draft.rates.iter().find(|rate| action.rate() == Some(&rate.key))?;
        let (wish, button) = match action {
            Action::Up(_) => ("to be moved up", "Move up"),
            Action::Down(_) => ("to be moved down", "Move down"),
            _ => ("to be removed", "Remove"),
        };
        let mut notice = held.notice(way.as_saved());
        notice.sentences.push(format!("{} was {wish}: to do it now, press {button} there.", rate.key));
        Some(Self {
            version: held.value("version")?.parse().ok()?,
            asking: (matches!(action, Action::Remove(_)) && rate.own().is_some()).then(|| rate.key.clone()),
            form: FormState::filled(held.fields().to_vec()).held_as(Some(notice)),
        })
    }
}
