//! What the deeds are done to, as their pages name it.

use uuid::Uuid;

use super::deed::Thing;
use crate::domain::clock::Moment;
use crate::domain::lifecycle::Tag;
use crate::domain::role::Side;
use crate::rates::Rate;
use crate::submissions::Submission;

impl Thing for Submission {
    fn id(&self) -> Uuid {
        self.id.0
    }

    fn key(&self) -> String {
        self.key.to_string()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn state_name(&self) -> &str {
        &self.state_name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn revision(&self) -> i32 {
        self.sent_revision.unwrap_or_default()
    }

    fn sent_at(&self) -> Option<Moment> {
        self.last_submitted_at.map(Moment)
    }

    fn status(&self) -> &'static str {
        self.status.as_str()
    }

    fn tag(&self) -> Tag {
        self.status.tag(Side::Cms)
    }

    fn href(&self) -> String {
        format!("/submissions/{}", self.key)
    }

    fn list(&self) -> (String, String) {
        ("/submissions".to_owned(), "Submissions".to_owned())
    }
}

impl Thing for Rate {
    fn id(&self) -> Uuid {
        self.id.0
    }

    fn key(&self) -> String {
        self.key.to_string()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn state_name(&self) -> &str {
        &self.state_name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn revision(&self) -> i32 {
        self.sent_revision.unwrap_or_default()
    }

    fn sent_at(&self) -> Option<Moment> {
        self.last_submitted_at.map(Moment)
    }

    fn status(&self) -> &'static str {
        self.status.as_str()
    }

    fn tag(&self) -> Tag {
        self.status.tag(Side::Cms)
    }

    fn href(&self) -> String {
        format!("/rates/{}", self.key)
    }

    fn list(&self) -> (String, String) {
        ("/rates".to_owned(), "Rates".to_owned())
    }
}
