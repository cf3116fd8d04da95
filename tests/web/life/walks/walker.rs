//! One walker: people signed in, a few submissions, and what they do with them one after the other.

use std::collections::BTreeMap;
use std::fmt;

use mc_review::accounts::DEMONSTRATION_DOMAIN;
use reqwest::Method;
use reqwest::multipart::{Form as Multipart, Part};
use serde_json::json;
use uuid::Uuid;

use super::{forms, refused};
use crate::life::model::attempt::{Answer, Attempt, Deed};
use crate::life::model::kinds::KINDS;
use crate::life::model::standing::Standing;
use crate::life::model::{Form, Model, PEOPLE, Who};
use crate::support::filled::PDF;
use crate::support::{Browser, World};

/// What every life begins with: two submissions of Minnesota, the second with a rate of the first, and one of Texas.
pub const BEGINNING: [(Who, Deed); 7] = [
    (0, Deed::Create(Form::WithRates)),
    (0, Deed::Add(0)),
    (1, Deed::Send(0)),
    (1, Deed::Create(Form::WithRates)),
    (0, Deed::Link(1, 0)),
    (1, Deed::Send(1)),
    (2, Deed::Create(Form::ContractOnly)),
];

/// Sequences of steps that go on from each other.
pub type Life = Vec<Vec<Step>>;

/// A throw of the dice, which means something only where things stand.
#[derive(Clone, Debug)]
pub struct Step {
    /// Whether something is chosen that can be done.
    pub possible: bool,
    /// Whether the form was drawn one step earlier.
    pub late: bool,
    /// Whether what has to be typed is typed.
    pub careful: bool,
    pub kind: usize,
    pub which: usize,
}

/// Where product and model part.
pub struct Disagreement {
    /// The steps, each with whether its form was drawn one step earlier.
    pub steps: Vec<(Attempt, bool)>,
    /// The same in words, with what the model expects.
    pub told: Vec<String>,
    pub differences: Vec<String>,
}

/// What was tried, by answer.
#[derive(Default)]
pub struct Counts {
    answers: BTreeMap<u16, usize>,
    done: BTreeMap<String, usize>,
    by_sql: usize,
}

impl Counts {
    /// Those of two walkers together.
    pub fn add(&mut self, other: &Self) {
        other.answers.iter().for_each(|(status, count)| *self.answers.entry(*status).or_default() += count);
        other.done.iter().for_each(|(kind, count)| *self.done.entry(kind.clone()).or_default() += count);
        self.by_sql += other.by_sql;
    }

    /// A walk on which some deed is never done shows nothing about it.
    pub fn complete(&self) {
        for kind in KINDS {
            assert!(self.done.contains_key(&format!("{kind:?}")), "{kind:?} was never done: {:?}", self.done);
        }
        for status in [303, 403, 404, 409, 422] {
            assert!(self.answers.contains_key(&status), "nothing was answered with {status}: {:?}", self.answers);
        }
        assert!(self.by_sql > 0, "nothing was tried with plain SQL");
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: usize = self.answers.values().sum();
        write!(f, "{steps} steps {:?}, {} tried again with plain SQL", self.answers, self.by_sql)
    }
}

/// Somebody signed in.
struct Actor {
    browser: Browser,
    csrf: String,
}

/// People, and what they act on.
pub struct Walker<'a> {
    pub(super) world: &'a World,
    actors: Vec<Actor>,
    pub(super) accounts: Vec<Uuid>,
    programs: BTreeMap<&'static str, Uuid>,
    pub(super) model: Model,
    /// As it was a step before: late forms were drawn from it.
    then: Model,
    steps: Vec<(Attempt, bool)>,
    told: Vec<String>,
    counts: Counts,
}

impl<'a> Walker<'a> {
    /// Signs everybody in.
    pub async fn arrive(world: &'a World) -> Self {
        let mut walker = Self {
            world,
            actors: Vec::new(),
            accounts: Vec::new(),
            programs: BTreeMap::new(),
            model: Model::default(),
            then: Model::default(),
            steps: Vec::new(),
            told: Vec::new(),
            counts: Counts::default(),
        };
        for person in &PEOPLE {
            let id: Uuid = sqlx::query_scalar("select id from account where email = $1")
                .bind(format!("{}{DEMONSTRATION_DOMAIN}", person.name))
                .fetch_one(&world.db)
                .await
                .expect("everybody has an account");
            let browser = world.browser();
            let csrf = browser.get("/sign-in").await.attributes("input[name=csrf]", "value").swap_remove(0);
            let account = id.to_string();
            let answer = browser.post("/sign-in", &[("csrf", csrf.as_str()), ("account", account.as_str())]).await;
            assert_eq!(answer.status(), 303, "{} signs in", person.name);
            let csrf = browser.csrf().await;
            walker.accounts.push(id);
            walker.actors.push(Actor { browser, csrf });
        }
        for state in ["MN", "TX"] {
            let program = sqlx::query_scalar(
                "select id from program where state_code = $1 and not rate_only and retired_on is null limit 1",
            );
            let program = program.bind(state).fetch_one(&world.db).await.expect("the state has programs");
            walker.programs.insert(state, program);
        }
        walker
    }

    /// Lives a life, with submissions of its own.
    pub async fn live(&mut self, life: &Life) -> Result<Counts, Disagreement> {
        self.forget();
        self.begin().await?;
        for step in life.iter().flatten() {
            if let Some((attempt, late)) = self.meant(step) {
                self.take(attempt, late).await?;
            }
        }
        Ok(std::mem::take(&mut self.counts))
    }

    /// Takes these steps, with submissions of their own; those on what is not there are left out.
    pub async fn relive(&mut self, steps: &[(Attempt, bool)]) -> Result<Counts, Disagreement> {
        self.forget();
        for (attempt, late) in steps {
            if self.model.has(attempt.deed) {
                self.take(attempt.clone(), *late).await?;
            }
        }
        Ok(std::mem::take(&mut self.counts))
    }

    fn forget(&mut self) {
        (self.model, self.then) = (Model::default(), Model::default());
        (self.steps, self.told, self.counts) = (Vec::new(), Vec::new(), Counts::default());
    }

    async fn begin(&mut self) -> Result<(), Disagreement> {
        for (who, deed) in BEGINNING {
            self.take(Attempt { who, deed, careful: true }, false).await?;
        }
        Ok(())
    }

    /// What a throw of the dice means as things stand, and whether it is tried with an older form.
    fn meant(&self, step: &Step) -> Option<(Attempt, bool)> {
        for at in 0..KINDS.len() {
            let mut attempts = self.model.attempts(KINDS[(step.kind + at) % KINDS.len()]);
            if step.possible {
                attempts.retain(|attempt| self.model.judge(attempt, &self.model) == Answer::Done);
            }
            if !attempts.is_empty() {
                let mut attempt = attempts.swap_remove(step.which % attempts.len());
                attempt.careful = step.careful;
                return Some((attempt, step.late));
            }
        }
        None
    }

    /// Tries something, and compares what came of it.
    async fn take(&mut self, attempt: Attempt, late: bool) -> Result<(), Disagreement> {
        let then = if late { self.then.clone() } else { self.model.clone() };
        let expected = self.model.judge(&attempt, &then);
        let name = PEOPLE[attempt.who].name;
        self.steps.push((attempt.clone(), late));
        let late = if late { " with the form of the step before" } else { "" };
        let careful = if attempt.careful { "" } else { " without words" };
        self.told.push(format!("{name}: {:?}{careful}{late}: {expected:?}", attempt.deed));
        let before = self.model.clone();
        if expected == Answer::Done && !matches!(attempt.deed, Deed::Create(_) | Deed::Add(_)) {
            self.model.carry_out(&attempt);
        }
        let status = match attempt.deed {
            Deed::Create(form) => self.create(attempt.who, form).await,
            Deed::Add(place) => self.add(&before, &attempt, place, &then).await,
            Deed::Turn(place, to) => self.turn(&before, &attempt, place, to).await,
            _ => {
                let form = forms::draw(&before, &then, &attempt, &self.accounts);
                self.post(attempt.who, &form.path, form.fields).await.0
            }
        };
        *self.counts.answers.entry(status).or_default() += 1;
        let mut differences = Vec::new();
        if status != expected.status() {
            differences.push(format!("the model expects {}, the product answers {status}", expected.status()));
        }
        let product = Standing::read(&self.world.db, &self.model).await;
        self.model.learn(&product);
        differences.extend(self.model.standing(&self.accounts).differences(&product));
        match expected {
            Answer::Done => {
                let kind = forms::kind(&attempt);
                *self.counts.done.entry(format!("{kind:?}")).or_default() += 1;
            }
            Answer::Missing | Answer::Forbidden | Answer::Conflict => {
                for statement in refused::statements(&before, &attempt, &self.accounts) {
                    self.counts.by_sql += 1;
                    differences.extend(statement.differs(&self.world.db).await);
                }
            }
            Answer::Same | Answer::Unprocessable => {}
        }
        self.then = before;
        if differences.is_empty() {
            Ok(())
        } else {
            Err(Disagreement { steps: self.steps.clone(), told: self.told.clone(), differences })
        }
    }

    /// Posts a form; gives the status and where it leads.
    pub(super) async fn post(&self, who: Who, path: &str, fields: Vec<(&'static str, String)>) -> (u16, String) {
        let Actor { browser, csrf } = &self.actors[who];
        let mut fields = fields;
        fields.push(("csrf", csrf.clone()));
        let answer = browser.request(Method::POST, path).form(&fields).send().await.expect("the server answers");
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        (answer.status().as_u16(), location.to_owned())
    }

    /// Starts a draft, by the action behind its pages.
    async fn create(&mut self, who: Who, form: Form) -> u16 {
        let answers = json!({
            "population_covered": form.population(),
            "submission_type": form.includes(),
            "federal_authorities": ["STATE_PLAN", "TITLE_XXI"],
            "dsnp_contract": false,
        });
        let story = match form {
            Form::Eqro => self.world.drafted_eqro(PEOPLE[who].name).await,
            _ => self.world.drafted_with(PEOPLE[who].name, &answers).await,
        };
        let (_, number) = story.key.split_once('-').expect("a key");
        let state = PEOPLE[who].state.expect("a state user starts drafts");
        self.model.create(story.id.0, state, number.parse().expect("a number"), form);
        303
    }

    /// Changes the first page of a draft, and answers what is asked then and was not before.
    async fn turn(&self, before: &Model, attempt: &Attempt, place: usize, to: Form) -> u16 {
        let form = forms::turn(before, place, to);
        let (status, _) = self.post(attempt.who, &form.path, form.fields).await;
        let answered = before.contracts[place].draft().is_none_or(|draft| draft.answered);
        if status != 303 || answered || to == Form::ChipOnly {
            return status;
        }
        let form = forms::provisions(before, place);
        self.post(attempt.who, &form.path, form.fields).await.0
    }

    /// Adds a rate, and fills in its page.
    async fn add(&mut self, before: &Model, attempt: &Attempt, place: usize, then: &Model) -> u16 {
        let id: Uuid = self.world.clock.new_id();
        let form = forms::add(before, then, place, id);
        let (status, location) = self.post(attempt.who, &form.path, form.fields).await;
        if status != 303 {
            return status;
        }
        let number = location.rsplit("-R").next().and_then(|number| number.parse().ok()).unwrap_or_default();
        self.model.add(place, id, number, attempt.who);
        let contract = &before.contracts[place];
        let fields = forms::rate(contract.shown() + 1, self.programs[contract.state]);
        let Actor { browser, csrf } = &self.actors[attempt.who];
        let certification =
            Part::bytes(PDF).file_name("Certification.pdf").mime_str("application/pdf").expect("a type");
        // The token comes before the first file.
        let texts = fields.into_iter().chain([("csrf", csrf.clone())]);
        let filled = texts.fold(Multipart::new(), |filled, (name, value)| filled.text(name, value));
        let filled = filled.part("documents.rate_certification", certification);
        let request = browser.request(Method::POST, &location).multipart(filled);
        request.send().await.expect("the server answers").status().as_u16()
    }
}
