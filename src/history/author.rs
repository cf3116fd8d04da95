//! Who did something, as each side may read it.

use crate::domain::event::Kind;
use crate::domain::role::{Department, Role, Side};

/// Whoever of CMS a state reads no name of.
pub(super) const CMS: &str = "CMS";

/// Somebody who did something, as they were then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Their name.
    pub name: String,
    /// Their role; none for the product itself.
    pub role: Option<Role>,
    /// Their department, if they had one.
    pub department: Option<Department>,
    /// The name of their state, if they had one.
    pub state_name: Option<String>,
}

impl Author {
    /// Name and place of who did something of this kind, as people of a side read them.
    pub fn of_event(&self, kind: Kind, side: Side) -> String {
        if kind.names_its_actor_to(side) { self.seen_by(side) } else { CMS.to_owned() }
    }

    /// Name and place as people of a side read them: a state reads the name and department of reviewers, but of an
    /// admin only that it was one.
    pub fn seen_by(&self, side: Side) -> String {
        match (self.role, self.department, &self.state_name, side) {
            (None, ..) => self.name.clone(),
            (Some(_), _, Some(state), _) => format!("{}, {state}", self.name),
            (Some(role), Some(department), _, Side::Cms) => {
                format!("{}, {} {}", self.name, department.short_name(), role.label().to_lowercase())
            }
            (Some(role), None, _, Side::Cms) => format!("{}, {}", self.name, role.label().to_lowercase()),
            (Some(_), Some(department), _, Side::State) => {
                format!("{}, {} ({})", self.name, department.full_name(), department.short_name())
            }
            (Some(Role::Admin), None, _, Side::State) => "CMS administrator".to_owned(),
            (Some(_), None, _, Side::State) => CMS.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(role: Role, department: Option<Department>, state: Option<&str>) -> Author {
        Author { name: "Sam Lee".to_owned(), role: Some(role), department, state_name: state.map(str::to_owned) }
    }

    #[test]
    fn a_state_reads_departments_but_no_names_of_admins() {
        let reviewer = author(Role::CmsReviewer, Some(Department::Dmco), None);
        assert_eq!(reviewer.seen_by(Side::State), "Sam Lee, Division of Managed Care Operations (DMCO)");
        assert_eq!(author(Role::Admin, None, None).seen_by(Side::State), "CMS administrator");
        assert_eq!(author(Role::Helpdesk, None, None).seen_by(Side::State), "CMS");
        assert_eq!(author(Role::StateUser, None, Some("Minnesota")).seen_by(Side::State), "Sam Lee, Minnesota");
    }

    #[test]
    fn a_state_does_not_read_who_closed_a_round() {
        let reviewer = author(Role::CmsReviewer, Some(Department::Dmco), None);
        assert_eq!(reviewer.of_event(Kind::RoundClosed, Side::State), "CMS");
        assert_eq!(reviewer.of_event(Kind::RoundClosed, Side::Cms), "Sam Lee, DMCO reviewer");
        assert!(reviewer.of_event(Kind::QuestionAsked, Side::State).starts_with("Sam Lee, "));
    }

    #[test]
    fn cms_reads_roles_and_departments() {
        assert_eq!(
            author(Role::CmsApprover, Some(Department::Oact), None).seen_by(Side::Cms),
            "Sam Lee, OACT approver"
        );
        assert_eq!(author(Role::Admin, None, None).seen_by(Side::Cms), "Sam Lee, administrator");
        assert_eq!(author(Role::StateUser, None, Some("Minnesota")).seen_by(Side::Cms), "Sam Lee, Minnesota");
        let product = Author { name: "MC-Review".to_owned(), role: None, department: None, state_name: None };
        assert_eq!(product.seen_by(Side::Cms), "MC-Review");
    }
}
