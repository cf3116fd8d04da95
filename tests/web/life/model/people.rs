//! Who acts.

use mc_review::domain::role::{Department, Role};

/// The place of somebody among [`PEOPLE`].
pub type Who = usize;

/// Somebody.
#[derive(Debug)]
pub struct Person {
    /// As `sam.lee`.
    pub name: &'static str,
    pub role: Role,
    pub state: Option<&'static str>,
    pub department: Option<Department>,
}

const fn of_state(name: &'static str, state: &'static str) -> Person {
    Person { name, role: Role::StateUser, state: Some(state), department: None }
}

const fn of_department(name: &'static str, role: Role, department: Department) -> Person {
    Person { name, role, state: None, department: Some(department) }
}

const fn of_cms(name: &'static str, role: Role) -> Person {
    Person { name, role, state: None, department: None }
}

/// Two people write for Minnesota and one for Texas; each department has a reviewer and an approver.
pub const PEOPLE: [Person; 12] = [
    of_state("maya.lindqvist", "MN"),
    of_state("robert.okafor", "MN"),
    of_state("elena.vargas", "TX"),
    of_department("sam.lee", Role::CmsReviewer, Department::Dmco),
    of_department("dana.ruiz", Role::CmsApprover, Department::Dmco),
    of_department("owen.park", Role::CmsReviewer, Department::Dmcp),
    of_department("ruth.abara", Role::CmsApprover, Department::Dmcp),
    of_department("ivan.petrov", Role::CmsReviewer, Department::Oact),
    of_department("linda.castellanos", Role::CmsApprover, Department::Oact),
    of_cms("alex.morgan", Role::Admin),
    of_cms("hannah.desai", Role::Helpdesk),
    of_cms("rita.olsen", Role::ReadOnly),
];

impl Person {
    /// Whether they unlock, withdraw and undo withdrawals.
    pub fn reviews(&self) -> bool {
        self.department.is_some()
    }

    /// Whether they approve packages.
    pub fn approves(&self) -> bool {
        matches!(self.role, Role::CmsApprover | Role::Admin)
    }

    /// Whether they put others on the reviews of a department.
    pub fn assigns(&self, department: Department) -> bool {
        match self.role {
            Role::Admin | Role::Helpdesk | Role::BusinessOwner => true,
            Role::CmsApprover => self.department == Some(department),
            Role::StateUser | Role::CmsReviewer | Role::ReadOnly => false,
        }
    }
}
