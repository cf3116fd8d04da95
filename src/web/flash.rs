//! The message that a page shows once, after something was done.

use serde::{Deserialize, Serialize};

/// A message for the next page that is drawn in this session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flash {
    /// The look: `success`, `info`, `warning` or `error`.
    pub kind: FlashKind,
    /// A heading above the text, where the text is long.
    pub heading: Option<String>,
    /// What was done, to what.
    pub text: String,
    /// A link that helps to go on, as address and words.
    pub link: Option<(String, String)>,
}

/// The look of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlashKind {
    /// Something was done.
    Success,
    /// News.
    Info,
    /// Take care.
    Warning,
}

impl std::fmt::Display for FlashKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
        })
    }
}

impl Flash {
    /// Something was done.
    pub fn success(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Success, heading: None, text: text.into(), link: None }
    }

    /// Nothing had to be done, or something else happened meanwhile.
    pub fn news(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Info, heading: None, text: text.into(), link: None }
    }
}
