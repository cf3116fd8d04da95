//! Rounds of questions: what people can try with them, how that is answered, and what it changes.

use mc_review::domain::lifecycle::{Closing, ContractReviewStatus as C, DepartmentReviewStatus as D, RoundStatus};
use mc_review::domain::role::{Department, Role};
use uuid::Uuid;

use super::attempt::Answer;
use super::judge::answer;
use super::{Model, PEOPLE, Person, Place, Subject, Who};

/// What is tried with rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// A department asks; an administrator records what somebody of it has asked.
    Ask(Subject, Department),
    /// A state responds; an administrator records what somebody of it has responded.
    Respond(Place),
    Close(Place),
    Remove(Place),
    /// One of the responses to a round.
    RemoveResponse(Place, usize),
}

/// A question of a department, and the responses to it.
#[derive(Clone, Debug)]
pub struct Round {
    /// As the database has it, once it was looked at.
    pub id: Option<Uuid>,
    pub subject: Subject,
    pub department: Department,
    pub number: i32,
    pub status: RoundStatus,
    pub version: i32,
    pub said: Said,
    pub responses: Vec<Response>,
    pub closed: Option<(Closing, Who)>,
    pub removed: bool,
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    pub id: Option<Uuid>,
    pub said: Said,
    pub removed: bool,
}

/// Who said something, and for whom, where somebody else had said it.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub by: Who,
    pub for_whom: Option<Who>,
}

impl Person {
    /// Whether they ask for a department, or record what it asked, and close its rounds.
    pub fn asks(&self, department: Department) -> bool {
        self.role == Role::Admin || self.department == Some(department)
    }

    /// Whether they respond for a state, or record what it responded.
    pub fn responds(&self, state: &str) -> bool {
        self.role == Role::Admin || self.state == Some(state)
    }
}

/// For whom an administrator records what a department asked.
pub fn asker(department: Department) -> Who {
    PEOPLE.iter().position(|person| person.department == Some(department)).expect("every department has people")
}

/// For whom an administrator records what a state responded.
pub fn responder(state: &str) -> Who {
    PEOPLE.iter().position(|person| person.state == Some(state)).expect("every state has people")
}

fn said(by: Who, for_whom: impl FnOnce() -> Who) -> Said {
    Said { by, for_whom: (PEOPLE[by].role == Role::Admin).then(for_whom) }
}

impl Model {
    /// The state that a contract or a rate is of.
    pub fn state_of(&self, subject: Subject) -> &'static str {
        self.contracts[self.home(subject)].state
    }

    /// Whether questions about a contract or a rate are asked and answered.
    pub fn takes_questions(&self, subject: Subject) -> bool {
        let status = self.contracts[self.home(subject)].status;
        let sent = self.current_revision(subject) > 0;
        sent && !matches!(status, C::Draft | C::Approved | C::Withdrawn) && !self.is_closed(subject)
    }

    /// How many rounds a department has had on a contract or a rate.
    pub fn rounds_of(&self, subject: Subject, department: Department) -> usize {
        self.rounds.iter().filter(|round| (round.subject, round.department) == (subject, department)).count()
    }

    /// The round of a department on a contract or a rate that stands at a status.
    pub fn round_at(&self, subject: Subject, department: Department, status: RoundStatus) -> Option<Place> {
        let own = |round: &Round| (round.subject, round.department, round.status) == (subject, department, status);
        self.rounds.iter().position(own)
    }

    /// Whether an administrator alone could ask, and of another department than is offered.
    fn is_not_asked_by(&self, subject: Subject, department: Department) -> bool {
        self.contracts[self.home(subject)].eqro && department != Department::Dmco
    }

    /// Every deed with rounds of one sort, on everything there is.
    pub fn questions(&self) -> Vec<Asking> {
        let contracts = (0..self.contracts.len()).map(Subject::Contract);
        let subjects: Vec<Subject> = contracts.chain((0..self.rates.len()).map(Subject::Rate)).collect();
        let every = |subject: &Subject| Department::ALL.map(|department| Asking::Ask(*subject, department));
        subjects.iter().flat_map(every).collect()
    }

    /// Every response that could be removed.
    pub fn removals_of_responses(&self) -> Vec<Asking> {
        let of_round = |(place, round): (Place, &Round)| {
            (0..round.responses.len()).map(move |at| Asking::RemoveResponse(place, at)).collect::<Vec<_>>()
        };
        self.rounds.iter().enumerate().flat_map(of_round).collect()
    }

    /// The answer to an attempt whose form was drawn from `then`.
    pub(super) fn judge_asking(&self, person: &Person, asking: Asking, careful: bool, then: &Self) -> Answer {
        let stale =
            |place: Place| then.rounds.get(place).is_some_and(|round| round.version != self.rounds[place].version);
        match asking {
            Asking::Ask(subject, department) => self.judge_question(person, (subject, department), careful, then),
            Asking::Respond(place) => {
                let round = &self.rounds[place];
                let state = self.state_of(round.subject);
                answer!(
                    round.removed || person.state.is_some_and(|own| own != state) => Missing,
                    !person.responds(state) => Forbidden,
                    !careful => Unprocessable,
                    round.status == RoundStatus::Closed || !self.takes_questions(round.subject) => Conflict,
                    stale(place) => Conflict,
                );
                Answer::Done
            }
            Asking::Close(place) => {
                let round = &self.rounds[place];
                answer!(
                    round.removed || person.state.is_some() => Missing,
                    !person.asks(round.department) => Forbidden,
                    round.status == RoundStatus::Closed => Same,
                    stale(place) => Conflict,
                    !careful && round.status == RoundStatus::Open => Unprocessable,
                );
                Answer::Done
            }
            Asking::Remove(place) | Asking::RemoveResponse(place, _) => {
                let round = &self.rounds[place];
                let gone = |response: usize| round.responses[response].removed;
                answer!(
                    person.state.is_some() => Missing,
                    person.role != Role::Admin => Forbidden,
                    round.removed || matches!(asking, Asking::RemoveResponse(_, at) if gone(at)) => Same,
                    stale(place) => Conflict,
                    !careful => Unprocessable,
                );
                Answer::Done
            }
        }
    }

    fn judge_question(
        &self,
        person: &Person,
        (subject, department): (Subject, Department),
        careful: bool,
        then: &Self,
    ) -> Answer {
        let known = match subject {
            Subject::Contract(place) => self.contracts[place].is_known_to(person),
            Subject::Rate(place) => self.rates[place].sent_revision().is_some(),
        };
        let foreign = self.is_not_asked_by(subject, department);
        let old = if then.knows(subject) { then } else { self };
        let seen = |model: &Self| model.review_of(subject, department).map(|place| model.reviews[place].version);
        answer!(
            person.state.is_some() || !known => Missing,
            !person.asks(department) || foreign && person.department.is_some() => Forbidden,
            !careful || foreign => Unprocessable,
            !self.takes_questions(subject) => Conflict,
            self.round_at(subject, department, RoundStatus::Open).is_some() => Conflict,
            old.current_revision(subject) != self.current_revision(subject) => Conflict,
            seen(self).is_some() && seen(old) != seen(self) => Conflict,
        );
        Answer::Done
    }

    /// Whether this was there.
    pub fn knows(&self, subject: Subject) -> bool {
        match subject {
            Subject::Contract(place) => place < self.contracts.len(),
            Subject::Rate(place) => place < self.rates.len(),
        }
    }

    /// Does what can be done.
    pub(super) fn carry_out_asking(&mut self, who: Who, asking: Asking) {
        match asking {
            Asking::Ask(subject, department) => self.ask(who, subject, department),
            Asking::Respond(place) => {
                let state = self.state_of(self.rounds[place].subject);
                let said = said(who, || responder(state));
                self.rounds[place].responses.push(Response { id: None, said, removed: false });
                self.change_round(place, RoundStatus::Answered);
            }
            Asking::Close(place) => {
                let answered = self.rounds[place].status == RoundStatus::Answered;
                self.close(place, if answered { Closing::Done } else { Closing::Unanswered }, who);
            }
            Asking::Remove(place) => {
                self.rounds[place].removed = true;
                self.close(place, Closing::Removal, who);
            }
            Asking::RemoveResponse(place, at) => {
                self.rounds[place].responses[at].removed = true;
                self.change_round(place, self.rounds[place].status);
            }
        }
    }

    fn ask(&mut self, who: Who, subject: Subject, department: Department) {
        self.close_answered(subject, department, Closing::NextRound, who);
        self.rounds.push(Round {
            id: None,
            subject,
            department,
            number: self.rounds_of(subject, department) as i32 + 1,
            status: RoundStatus::Open,
            version: 1,
            said: said(who, || asker(department)),
            responses: Vec::new(),
            closed: None,
            removed: false,
        });
        if let Some(review) = self.review_of(subject, department) {
            self.reviews[review].wait_for_answer();
        }
    }

    /// The row of a round changes. Whoever waited for it alone goes on.
    fn change_round(&mut self, place: Place, to: RoundStatus) {
        let round = &mut self.rounds[place];
        let ends_waiting = round.status == RoundStatus::Open && to != RoundStatus::Open;
        round.version += 1;
        round.status = to;
        let (subject, department) = (round.subject, round.department);
        if let Some(review) = self.review_of(subject, department)
            && ends_waiting
            && !self.is_unlocked(subject)
            && self.reviews[review].status == D::AwaitingState
        {
            self.reviews[review].resume();
        }
    }

    fn close(&mut self, place: Place, closing: Closing, who: Who) {
        self.rounds[place].closed.get_or_insert((closing, who));
        self.change_round(place, RoundStatus::Closed);
    }

    /// The next question, or a sign-off, closes what was answered.
    pub(super) fn close_answered(&mut self, subject: Subject, department: Department, closing: Closing, who: Who) {
        if let Some(place) = self.round_at(subject, department, RoundStatus::Answered) {
            self.close(place, closing, who);
        }
    }

    /// Approving and withdrawing close every round.
    pub(super) fn close_all(&mut self, subject: Subject, closing: Closing, who: Who) {
        for place in 0..self.rounds.len() {
            if self.rounds[place].subject == subject && self.rounds[place].status != RoundStatus::Closed {
                self.close(place, closing, who);
            }
        }
    }

    /// Whether a department waits for an answer about a contract or a rate.
    pub fn asked(&self, subject: Subject, department: Department) -> bool {
        self.round_at(subject, department, RoundStatus::Open).is_some()
    }

    /// How many rounds that stand on the page of a submission or a rate are at a status.
    pub fn count(&self, page: Subject, status: RoundStatus) -> i64 {
        let here = |round: &&Round| match (page, round.subject) {
            (Subject::Contract(contract), Subject::Rate(rate)) => {
                self.rates[rate].parent == contract || self.contracts[contract].holds(rate)
            }
            (page, subject) => page == subject,
        };
        let of_status = |round: &&Round| round.status == status && !round.removed;
        self.rounds.iter().filter(of_status).filter(here).count() as i64
    }

    /// Whose turn a submission is.
    pub fn whose_turn(&self, place: Place) -> &'static str {
        let contract = &self.contracts[place];
        let undecided = |(_, review): &(Place, &super::Review)| !matches!(review.status, D::SignedOff | D::Objection);
        let waits = |(_, review): (Place, &super::Review)| self.asked(review.subject, review.department);
        let mut open = self.rounds.iter().filter(|round| round.status == RoundStatus::Open);
        if matches!(contract.status, C::Draft | C::Unlocked) {
            "state"
        } else if !contract.under_review() {
            "nobody"
        } else if self.deciding(place).any(|review| undecided(&review))
            && self.deciding(place).filter(undecided).all(waits)
        {
            "state"
        } else if open.any(|round| self.home(round.subject) == place) {
            "both"
        } else {
            "cms"
        }
    }
}
