//! What comparing came to: sections of things, each as it was and as it came to be.

use super::RATES;
use crate::domain::clock::Moment;
use crate::domain::correction::Corrected;
use crate::domain::lifecycle::Tag;

/// What comparing two versions came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// Its parts, in the order of the form.
    pub sections: Vec<Section>,
}

/// A part of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its anchor.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What else names it: of a rate, its full name.
    pub name: String,
    /// Whether it stands below the section before that does not: a rate, below the rates.
    pub nested: bool,
    /// What was compared.
    pub items: Vec<Item>,
    /// How many things are equal, whether or not they are among the items.
    pub equal: usize,
}

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its anchor.
    pub anchor: String,
    /// What kind of thing it is, where its label alone does not say.
    pub about: String,
    /// What it is called.
    pub label: String,
    /// What happened to it.
    pub kind: Kind,
    /// As it was.
    pub older: Side,
    /// As it came to be.
    pub newer: Side,
    /// What was corrected about it in the older version, and in the newer.
    pub corrected: (Option<Corrected>, Option<Corrected>),
}

/// What happened to a thing between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing.
    Unchanged,
    /// It came.
    Added,
    /// It went.
    Removed,
    /// Its answer is another.
    Changed,
    /// A document of the same name has another content.
    Replaced,
    /// The same content has another name.
    Renamed,
    /// It stands elsewhere: a document in another list, a rate at another place.
    Moved,
    /// A rate was in the older version and is withdrawn now.
    WithdrawnSince,
    /// A rate belongs to another submission now.
    NowLinked,
    /// A rate belongs to this submission now.
    NowChild,
}

impl Kind {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unchanged => "Unchanged",
            Self::Added => "Added",
            Self::Removed => "Removed",
            Self::Changed => "Changed",
            Self::Replaced => "Replaced",
            Self::Renamed => "Renamed",
            Self::Moved => "Moved",
            Self::WithdrawnSince => "Withdrawn since",
            Self::NowLinked => "Now linked",
            Self::NowChild => "Now its own",
        }
    }

    /// The same as a mark, whose colour only repeats the word.
    pub fn tag(self) -> Tag {
        let (colour, bold) = match self {
            Self::Added => ("blue-warm-60v", true),
            Self::Removed | Self::WithdrawnSince => ("gray-cool-10", false),
            _ => ("outline", false),
        };
        Tag { label: self.label().into(), colour, bold }
    }
}

/// A thing in one of the two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// Not there, in words.
    Nothing(&'static str),
    /// Answers in words, one for each of several.
    Answers(Vec<Part>),
    /// A long text, in pieces.
    Text(Vec<Part>),
    /// A moment, and whether only this version has it.
    Moment(Moment, bool),
}

/// The question was not asked in that version.
pub const NOT_ASKED: Side = Side::Nothing("Not asked");
/// The question was asked and has no answer.
pub const UNANSWERED: Side = Side::Nothing("Not answered");
/// The thing is not in that version.
pub const NOT_THERE: Side = Side::Nothing("Not in this version");

/// A piece of an answer; what the other version does not have is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The words.
    pub text: String,
    /// Whether only this version has it.
    pub mark: bool,
    /// Where it leads.
    pub href: Option<String>,
}

impl Part {
    pub(super) fn new(text: impl Into<String>, mark: bool) -> Self {
        Self { text: text.into(), mark, href: None }
    }
}

impl Side {
    pub(super) fn answer(text: impl Into<String>, mark: bool) -> Self {
        Self::Answers(vec![Part::new(text, mark)])
    }

    /// In one line of plain text.
    pub fn in_words(&self) -> String {
        let texts = |parts: &[Part]| parts.iter().map(|part| part.text.clone()).collect::<Vec<_>>();
        match self {
            Self::Nothing(why) => (*why).to_owned(),
            Self::Answers(parts) => texts(parts).join("; "),
            Self::Text(parts) => texts(parts).concat(),
            Self::Moment(moment, _) => moment.to_string(),
        }
    }
}

impl Item {
    /// Whether the two versions differ in it.
    pub fn differs(&self) -> bool {
        self.kind != Kind::Unchanged
    }

    /// What it is called, with what it is.
    pub fn title(&self) -> String {
        if self.about.is_empty() { self.label.clone() } else { format!("{}: {}", self.about, self.label) }
    }
}

impl Section {
    pub(super) fn new(id: impl Into<String>, title: impl Into<String>, items: Vec<Item>) -> Self {
        let equal = items.iter().filter(|item| !item.differs()).count();
        Self { id: id.into(), title: title.into(), name: String::new(), nested: false, items, equal }
    }

    /// The number of changes.
    pub fn changes(&self) -> usize {
        self.items.iter().filter(|item| item.differs()).count()
    }

    /// The mark of a rate in which something changed.
    pub fn tag(&self) -> Option<Tag> {
        let revised = self.nested && self.changes() > 0;
        revised.then(|| Tag { label: "Revised".into(), colour: "outline", bold: false })
    }
}

impl Comparison {
    /// The number of changes.
    pub fn changes(&self) -> usize {
        self.sections.iter().map(Section::changes).sum()
    }

    /// The number of things that are equal.
    pub fn equal(&self) -> usize {
        self.sections.iter().map(|section| section.equal).sum()
    }

    /// The same with only what differs.
    #[must_use]
    pub fn without_equals(mut self) -> Self {
        for section in &mut self.sections {
            section.items.retain(Item::differs);
        }
        self.without_empty_sections()
    }

    /// Rates stand below the section of the rates, which stays for them.
    pub(super) fn without_empty_sections(mut self) -> Self {
        self.sections.retain(|section| !section.items.is_empty() || section.id == RATES);
        let has_rates = self.sections.iter().any(|section| section.nested);
        self.sections.retain(|section| !section.items.is_empty() || has_rates);
        self
    }
}
