//! The roles people have and the departments of CMS that review.

use serde::{Deserialize, Serialize};

/// What a person may do in general; see the permission module for what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "account_role", rename_all = "snake_case")]
pub enum Role {
    /// Writes and submits the submissions of one state.
    StateUser,
    /// Works the reviews of one department.
    CmsReviewer,
    /// Works the reviews of one department and approves packages.
    CmsApprover,
    /// Assigns reviewers, approves, manages accounts.
    Admin,
    /// Reads what CMS reads; assigns reviewers.
    Helpdesk,
    /// Reads what CMS reads; assigns reviewers.
    BusinessOwner,
    /// Reads what CMS reads.
    ReadOnly,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::StateUser,
        Self::CmsReviewer,
        Self::CmsApprover,
        Self::Admin,
        Self::Helpdesk,
        Self::BusinessOwner,
        Self::ReadOnly,
    ];

    /// The role in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::StateUser => "State user",
            Self::CmsReviewer => "Reviewer",
            Self::CmsApprover => "Approver",
            Self::Admin => "Administrator",
            Self::Helpdesk => "Help desk",
            Self::BusinessOwner => "Business owner",
            Self::ReadOnly => "Read only",
        }
    }

    /// Whether people of this role belong to a department.
    pub fn has_department(self) -> bool {
        matches!(self, Self::CmsReviewer | Self::CmsApprover)
    }

    /// The role as it is stored and typed on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StateUser => "state_user",
            Self::CmsReviewer => "cms_reviewer",
            Self::CmsApprover => "cms_approver",
            Self::Admin => "admin",
            Self::Helpdesk => "helpdesk",
            Self::BusinessOwner => "business_owner",
            Self::ReadOnly => "read_only",
        }
    }
}

/// A department of CMS that reviews what states send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "UPPERCASE")]
#[sqlx(type_name = "department", rename_all = "UPPERCASE")]
pub enum Department {
    /// Division of Managed Care Operations: reviews the contract.
    Dmco,
    /// Division of Managed Care Policy: reviews rate certifications.
    Dmcp,
    /// Office of the Actuary: reviews rate certifications.
    Oact,
}

impl Department {
    /// Every department.
    pub const ALL: [Self; 3] = [Self::Dmco, Self::Dmcp, Self::Oact];

    /// The short name, as people say it.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Dmco => "DMCO",
            Self::Dmcp => "DMCP",
            Self::Oact => "OACT",
        }
    }

    /// The full name.
    pub fn full_name(self) -> &'static str {
        match self {
            Self::Dmco => "Division of Managed Care Operations",
            Self::Dmcp => "Division of Managed Care Policy",
            Self::Oact => "Office of the Actuary",
        }
    }
}

/// Which of the two sides somebody, or something they read, belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The people of a state.
    State,
    /// Everybody else.
    Cms,
}
