//! A change of a view as a form asks for it: its name, or what it asks for, compared with what is there, and merged.

use serde::Deserialize;

use super::queries::{Content, Version, View};
use crate::web::conflict::{Merge, merge};

/// What the form posts; what it leaves out stays as it was.
#[derive(Debug, Deserialize)]
pub struct ChangeForm {
    /// The version that the form was drawn from.
    pub version: i32,
    /// The version that the first form was drawn from, where a panel came between.
    pub opened: Option<i32>,
    /// The name, as it was typed.
    pub name: Option<String>,
    /// The query on view.
    pub query: Option<String>,
    /// What the panel let choose.
    #[serde(rename = "choose.name")]
    pub choose_name: Option<String>,
    /// The same for what it asks for.
    #[serde(rename = "choose.query")]
    pub choose_query: Option<String>,
}

/// What a form wants: a name, a query, or both, as they would be kept.
#[derive(Debug, Default)]
pub struct Wanted {
    pub name: Option<String>,
    pub query: Option<String>,
}

impl ChangeForm {
    /// The version from which on changes are told.
    pub fn drawn_from(&self) -> i32 {
        self.opened.unwrap_or(self.version)
    }
}

/// A view when a form was drawn, now, and as it was wanted; and both of its parts merged.
#[derive(Debug)]
pub struct Change {
    pub then: Content,
    pub now: Content,
    pub wanted: Content,
    pub name: Merge<String>,
    pub query: Merge<String>,
}

impl Change {
    /// Merges what a form wants into what is there; `versions` begin with the one that it was drawn from. What was chosen
    /// counts for the version that the panel showed.
    pub fn of(view: &View, versions: &[Version], form: &ChangeForm, wanted: Wanted) -> Option<Self> {
        let then = versions.first().filter(|version| version.version == form.drawn_from())?.content.clone();
        let now = view.content();
        let wanted = Content {
            name: wanted.name.unwrap_or_else(|| then.name.clone()),
            query: wanted.query.unwrap_or_else(|| then.query.clone()),
        };
        let chosen = |choice: &Option<String>| choice.clone().filter(|_| form.version == view.version);
        let merged = |part: fn(&Content) -> &String, choice: &Option<String>| {
            let [then, now, wanted] = [&then, &now, &wanted].map(|content| part(content).clone());
            merge(then, now, wanted, chosen(choice).as_deref())
        };
        let name = merged(|content| &content.name, &form.choose_name);
        let query = merged(|content| &content.query, &form.choose_query);
        Some(Self { then, now, wanted, name, query })
    }

    /// Whether all that was to change is as it was wanted.
    pub fn is_so(&self) -> bool {
        let so = |part: fn(&Content) -> &String| {
            let [then, now, wanted] = [&self.then, &self.now, &self.wanted].map(part);
            wanted == now || wanted == then
        };
        self.wanted == self.now
            || self.wanted != self.then && so(|content| &content.name) && so(|content| &content.query)
    }

    /// The result, unless somebody has to choose.
    pub fn settled(&self) -> Option<Content> {
        match (&self.name, &self.query) {
            (Merge::Settled(name, _), Merge::Settled(query, _)) => {
                Some(Content { name: name.clone(), query: query.clone() })
            }
            _ => None,
        }
    }
}
