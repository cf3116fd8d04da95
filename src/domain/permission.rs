//! Who may do what: a person, and the typed proofs that a writing function asks for.
//!
//! A function that changes something takes one of these proofs instead of a `Person`, so that a forgotten check
//! does not compile.

use super::id::AccountId;
use super::lifecycle::{ContractReviewAction, RateReviewAction, RoundAction};
use super::role::{Department, Role, Side};

/// Somebody signed in, as their account reads at this request.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their account.
    pub id: AccountId,
    /// Given and family name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// The state of a state user.
    pub state_code: Option<String>,
    /// The full name of that state.
    pub state_name: Option<String>,
    /// The department of a reviewer or approver.
    pub department: Option<Department>,
}

/// Proof: a person of a state, who writes that state's submissions.
#[derive(Clone, Copy, Debug)]
pub struct StateUser<'a> {
    /// Who.
    pub person: &'a Person,
    /// Of which state.
    pub state_code: &'a str,
}

/// Proof: a reviewer or approver of the department in question.
#[derive(Clone, Copy, Debug)]
pub struct DepartmentMember<'a> {
    /// Who.
    pub person: &'a Person,
    /// Of which department.
    pub department: Department,
}

/// Proof: may put others on the reviews of the department in question.
#[derive(Clone, Copy, Debug)]
pub struct Assigner<'a>(pub &'a Person);

/// Proof: may approve a package.
#[derive(Clone, Copy, Debug)]
pub struct PackageApprover<'a>(pub &'a Person);

/// Proof: may write notes.
#[derive(Clone, Copy, Debug)]
pub struct NoteWriter<'a>(pub &'a Person);

/// Proof: may do this, as the table of a life says.
#[derive(Clone, Copy, Debug)]
pub struct Permitted<'a, Action> {
    /// Who.
    pub person: &'a Person,
    /// What.
    pub action: Action,
}

/// Proof: may do this with packages.
pub type PackageDeed<'a> = Permitted<'a, ContractReviewAction>;

/// Proof: may do this with rates.
pub type RateDeed<'a> = Permitted<'a, RateReviewAction>;

/// Proof: may correct what was sent, of a submission as of a rate.
#[derive(Clone, Copy, Debug)]
pub struct Corrector<'a>(pub &'a Person);

/// Proof: may ask for a department, and end its rounds: somebody of it, or an administrator.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Who.
    pub person: &'a Person,
    /// For which department.
    pub department: Department,
}

/// Proof: may respond for a state: somebody of it, or an administrator.
#[derive(Clone, Copy, Debug)]
pub struct Responder<'a>(pub &'a Person);

/// Proof: may take rounds and responses from view.
#[derive(Clone, Copy, Debug)]
pub struct Remover<'a>(pub &'a Person);

/// Proof: may send files here.
#[derive(Clone, Copy, Debug)]
pub struct Uploader<'a>(&'a Person);

impl<'a> From<StateUser<'a>> for Uploader<'a> {
    fn from(proof: StateUser<'a>) -> Self {
        Self(proof.person)
    }
}

impl<'a> From<Corrector<'a>> for Uploader<'a> {
    fn from(proof: Corrector<'a>) -> Self {
        Self(proof.0)
    }
}

impl<'a> From<Asker<'a>> for Uploader<'a> {
    fn from(proof: Asker<'a>) -> Self {
        Self(proof.person)
    }
}

impl<'a> From<Responder<'a>> for Uploader<'a> {
    fn from(proof: Responder<'a>) -> Self {
        Self(proof.0)
    }
}

impl<'a> Uploader<'a> {
    /// Who.
    pub fn person(self) -> &'a Person {
        self.0
    }
}

/// Proof: may retire programs.
#[derive(Clone, Copy, Debug)]
pub struct ProgramKeeper<'a>(pub &'a Person);

/// Proof: may make, change and remove the views of a department, or their own.
#[derive(Clone, Copy, Debug)]
pub struct ViewKeeper<'a> {
    /// Who.
    pub person: &'a Person,
    /// Of which department; none: their own.
    pub department: Option<Department>,
}

impl Person {
    /// The side they are on.
    pub fn side(&self) -> Side {
        if self.role == Role::StateUser { Side::State } else { Side::Cms }
    }

    /// The proof that they write for their state.
    pub fn state_user(&self) -> Option<StateUser<'_>> {
        let state_code = self.state_code.as_deref().filter(|_| self.role == Role::StateUser)?;
        Some(StateUser { person: self, state_code })
    }

    /// The proof that they work the reviews of `department`.
    pub fn member_of(&self, department: Department) -> Option<DepartmentMember<'_>> {
        let works = matches!(self.role, Role::CmsReviewer | Role::CmsApprover) && self.department == Some(department);
        works.then_some(DepartmentMember { person: self, department })
    }

    /// The proof that they assign the reviewers of `department`: its approvers; admins, help desk and business
    /// owners for any.
    pub fn assigner_for(&self, department: Department) -> Option<Assigner<'_>> {
        let may = match self.role {
            Role::Admin | Role::Helpdesk | Role::BusinessOwner => true,
            Role::CmsApprover => self.department == Some(department),
            Role::StateUser | Role::CmsReviewer | Role::ReadOnly => false,
        };
        may.then_some(Assigner(self))
    }

    /// The proof that they approve packages.
    pub fn package_approver(&self) -> Option<PackageApprover<'_>> {
        matches!(self.role, Role::CmsApprover | Role::Admin).then_some(PackageApprover(self))
    }

    /// The proof that they write notes.
    pub fn note_writer(&self) -> Option<NoteWriter<'_>> {
        matches!(self.role, Role::CmsReviewer | Role::CmsApprover | Role::Admin).then_some(NoteWriter(self))
    }

    /// The proof that they may do this with packages.
    pub fn package_deed(&self, action: ContractReviewAction) -> Option<PackageDeed<'_>> {
        action.allowed_to(self.role).then_some(Permitted { person: self, action })
    }

    /// The proof that they may do this with rates.
    pub fn rate_deed(&self, action: RateReviewAction) -> Option<RateDeed<'_>> {
        action.allowed_to(self.role).then_some(Permitted { person: self, action })
    }

    /// The proof that they ask for `department`.
    pub fn asker_for(&self, department: Department) -> Option<Asker<'_>> {
        let may =
            RoundAction::Ask.allowed_to(self.role) && (self.role == Role::Admin || self.department == Some(department));
        may.then_some(Asker { person: self, department })
    }

    /// The proof that they respond for the state of this code.
    pub fn responder_for(&self, state_code: &str) -> Option<Responder<'_>> {
        let may = RoundAction::Respond.allowed_to(self.role)
            && (self.role == Role::Admin || self.state_code.as_deref() == Some(state_code));
        may.then_some(Responder(self))
    }

    /// The proof that they take rounds and responses from view.
    pub fn remover(&self) -> Option<Remover<'_>> {
        RoundAction::Remove.allowed_to(self.role).then_some(Remover(self))
    }

    /// The proof that they correct what was sent.
    pub fn corrector(&self) -> Option<Corrector<'_>> {
        ContractReviewAction::Correct.allowed_to(self.role).then_some(Corrector(self))
    }

    /// The proof that they keep the list of programs.
    pub fn program_keeper(&self) -> Option<ProgramKeeper<'_>> {
        (self.role == Role::Admin).then_some(ProgramKeeper(self))
    }

    /// The proof that they keep the views of a department, or their own: of a department its approvers, and
    /// administrators of any.
    pub fn view_keeper(&self, department: Option<Department>) -> Option<ViewKeeper<'_>> {
        let may = match department {
            None => true,
            Some(_) if self.role == Role::Admin => true,
            Some(_) => self.role == Role::CmsApprover && self.department == department,
        };
        may.then_some(ViewKeeper { person: self, department })
    }

    /// The departments whose views they use beside their own.
    pub fn uses_views_of(&self) -> Vec<Department> {
        match self.role {
            Role::Admin => Department::ALL.to_vec(),
            role if role.has_department() => self.department.into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Where they work, in words: the state, the department, or nothing.
    pub fn place(&self) -> String {
        match (&self.state_name, self.department) {
            (Some(state), _) => state.clone(),
            (None, Some(department)) => department.short_name().to_owned(),
            (None, None) => String::new(),
        }
    }
}
