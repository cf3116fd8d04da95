//! What answers a save that the page made by itself: the parts of the page that changed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::page::form_state;
use super::view::{Block, Control, Question, Source, blocks};
use super::way::Step;
use crate::domain::clock::Moment;
use crate::domain::forms::{Form, Page, Posted, Problem};
use crate::web::form::FormState;
use crate::web::{Result, SignedIn, html};

#[derive(Template)]
#[template(path = "submissions/form/autosaved.html")]
struct Autosaved<'a> {
    version: Option<i32>,
    line: &'a str,
    notices: &'a [String],
    form: FormState,
    /// Whether the page's problems were shown, and so are drawn anew.
    marked: bool,
    /// Everything that can have a message.
    names: Vec<String>,
    /// The questions whose answer the save changed on its own.
    changed: Vec<Question>,
    /// What was typed and is saved in another spelling: name and value.
    rewritten: Vec<(String, String)>,
    /// What stands above the questions, of a draft that there is.
    top: Option<Top>,
}

/// What follows from the answers above the questions: what the submission or rate is called, and which steps there are.
pub struct Top {
    /// The heading.
    pub heading: String,
    /// The steps.
    pub steps: Vec<Step>,
}

/// What came of the save.
pub struct Outcome<'a> {
    /// The version that the page is drawn from now; none while there is no draft.
    pub version: Option<i32>,
    /// What the line of the page says.
    pub line: String,
    /// What the save changed beyond what was asked for.
    pub notices: Vec<String>,
    /// What is wrong, as far as the page shows it.
    pub problems: &'a [Problem],
}

impl Outcome<'_> {
    /// Nothing was saved: so many fields can't be read.
    pub fn refused(version: Option<i32>, problems: &[Problem]) -> Outcome<'_> {
        let fields = match problems.len() {
            1 => "1 field needs a look".to_owned(),
            number => format!("{number} fields need a look"),
        };
        Outcome { version, line: format!("Not saved: {fields}"), notices: Vec::new(), problems }
    }
}

/// "Saved 2:14 PM ET".
pub fn saved_line(who: &SignedIn) -> String {
    format!("Saved {}", Moment(who.app.clock.now()).time_of_day())
}

/// Whether the page that was posted has shown its problems.
pub fn is_marked(posted: &Posted) -> bool {
    posted.value("checked") == Some("1")
}

/// The answer: every part stands on the page under its name.
///
/// # Errors
/// When it can't be drawn.
pub fn answer<F: Form>(
    page: Page,
    source: &Source<'_, F>,
    posted: &Posted,
    outcome: &Outcome<'_>,
    top: Option<Top>,
) -> Result<HttpResponse> {
    let (mut names, mut changed, mut rewritten) = (Vec::new(), Vec::new(), Vec::new());
    let mut ask = |question: Question, names: &mut Vec<String>| {
        let given: Vec<&str> = posted.values(&question.name).collect();
        let shown: Vec<&str> = source.shown.values(&question.name).collect();
        let chosen = matches!(question.control, Control::Radios | Control::YesNo | Control::Checkboxes);
        match (chosen, given.as_slice(), shown.as_slice()) {
            (_, given, shown) if given == shown => {}
            // Drawn anew with its message.
            (true, ..) => return changed.push(question),
            (false, [_], [value]) => rewritten.push((question.name.clone(), (*value).to_owned())),
            _ => {}
        }
        names.push(question.name);
    };
    for block in blocks(page, source) {
        match block {
            Block::Question(asked) => ask(asked.question, &mut names),
            Block::Dates(pair) => {
                names.push(format!("{}-pair", pair.first().question.name));
                pair.dates.into_iter().for_each(|date| ask(date.question, &mut names));
            }
            Block::Files(list) => names.push(list.name.to_owned()),
            Block::Provisions(provisions, _) => {
                provisions.into_iter().for_each(|asked| ask(asked.question, &mut names))
            }
            Block::People(people) => {
                names.push(people.list.to_owned());
                for entry in people.entries {
                    names.push(entry.name);
                    entry.questions.into_iter().for_each(|asked| ask(asked.question, &mut names));
                }
            }
        }
    }
    let form = form_state(source.shown, outcome.problems, &[]);
    let Outcome { version, line, notices, .. } = outcome;
    let (version, marked) = (*version, is_marked(posted));
    html(StatusCode::OK, &Autosaved { version, line, notices, form, marked, names, changed, rewritten, top })
}
