//! One person in the storm: opens forms, fills them in and sends them, now and then late or twice, and goes on from a
//! conflict as the panel offers.

use std::time::Instant;

use rand::RngExt;
use rand::seq::IndexedRandom;
use uuid::Uuid;

use super::ledger::{Answer, Post, Wish};
use super::people::{Case, Client, Drafted, Scene};
use crate::support::{Form, Page};

/// A form as it was opened, with what the person wants of it.
#[derive(Clone)]
struct Opened {
    row: Uuid,
    form: Form,
    button: String,
    wish: Wish,
}

/// Acts until it is over; gives how many pages were looked at, and everything that was posted.
pub async fn act(client: Client, scene: &Scene, until: Instant) -> (u64, Vec<Post>) {
    let (mut looked, mut posts, mut lying) = (0, Vec::new(), Vec::new());
    while Instant::now() < until {
        if rand::random_bool(0.2) && !lying.is_empty() {
            let at = rand::random_range(0..lying.len());
            send(&client, lying.swap_remove(at), &mut posts).await;
            continue;
        }
        let opened = if client.writes {
            let draft = scene.drafts.choose(&mut rand::rng()).expect("there are drafts");
            Some(write(&client, draft, &mut looked).await)
        } else {
            let case = scene.cases.choose(&mut rand::rng()).expect("there are cases");
            review(&client, case, &mut looked).await
        };
        let Some(opened) = opened else { continue };
        let (lies, twice) = (rand::random_bool(0.2), rand::random_bool(0.1));
        if lies || twice {
            lying.push(opened.clone());
        }
        if !lies {
            send(&client, opened, &mut posts).await;
        }
    }
    (looked, posts)
}

/// Words that nobody types twice.
fn words_of(client: &Client) -> String {
    format!("{} says {:016x}", client.name, rand::random::<u64>())
}

/// Opens a page of a draft and answers a question on it.
async fn write(client: &Client, draft: &Drafted, looked: &mut u64) -> Opened {
    let pages = [("type", "submission_description"), ("contacts", "state_contacts.0.title_role")];
    let (page, field) = *pages.choose(&mut rand::rng()).expect("there are pages");
    let address = format!("/submissions/{}/edit/{page}", draft.key);
    let page = client.browser.get(&address).await;
    assert_eq!(page.status(), 200, "{}", page.path);
    *looked += 1;
    let words = words_of(client);
    let form = page.form("Save as draft").set(field, &words);
    Opened { row: draft.id, form, button: "Save as draft".to_owned(), wish: Wish::Answer { words } }
}

/// Opens the submission and begins one of the deeds that its panel offers this person.
async fn review(client: &Client, case: &Case, looked: &mut u64) -> Option<Opened> {
    let page = client.browser.get(&format!("/submissions/{}", case.key)).await;
    assert_eq!(page.status(), 200, "{}", page.path);
    *looked += 1;
    let (status, reviewers) = (case.address("status"), case.address("reviewers"));
    let mut deeds = page.texts("#department-reviews .row-actions button");
    deeds.extend(page.texts("#department-reviews .row-actions a"));
    // A question is no change of the review's row; the pairs of people at the same moment ask.
    deeds.retain(|deed| !deed.starts_with("Ask "));
    let deed = deeds.choose(&mut rand::rng())?;
    let how = |how: &str| Wish::Reviewers { how: how.to_owned() };
    let (form, wish) = match deed.split_whitespace().next()? {
        "Start" => (page.form(deed), Wish::Status { to: "in_review".to_owned(), words: None }),
        "Take" => (page.form(deed), how("take")),
        "Hand" => (page.form(deed), how("hand_back")),
        "Assign" => (choose_others(follow(client, &page, deed, looked).await?.form(&reviewers)), how("set")),
        _ => decide(client, follow(client, &page, deed, looked).await?.form(&status)),
    };
    let button = form.buttons()[0].to_owned();
    Some(Opened { row: case.review, form, button, wish })
}

/// The page that a link leads to; nothing when the deed has become impossible meanwhile.
async fn follow(client: &Client, page: &Page, link: &str, looked: &mut u64) -> Option<Page> {
    let page = client.browser.get(&page.link(link).expect("the link was just read")).await;
    *looked += 1;
    assert!([200, 303].contains(&page.status()), "{} {}", page.status(), page.path);
    (page.status() == 200).then_some(page)
}

/// Fills in the form of a decision.
fn decide(client: &Client, form: Form) -> (Form, Wish) {
    let words = words_of(client);
    let field = if form.names().contains(&"note") { "note" } else { "reason" };
    let to = form.value("to");
    (form.set(field, &words), Wish::Status { to, words: Some(words) })
}

/// Both slots get somebody else than they show, the two differ, and either may stay empty.
fn choose_others(form: Form) -> Form {
    let other = |slot: &str, than: &[&str]| {
        let shown = form.value(slot);
        let people = form.offered(slot);
        let left: Vec<&String> = people.iter().filter(|id| **id != shown && !than.contains(&id.as_str())).collect();
        left.choose(&mut rand::rng()).map_or_else(String::new, |id| (*id).clone())
    };
    let primary = other("primary", &[]);
    let secondary = other("secondary", &[&primary]);
    form.set("primary", &primary).set("secondary", &secondary)
}

/// Sends a form and, while the answer is a conflict, as often as not the panel's own.
async fn send(client: &Client, opened: Opened, posts: &mut Vec<Post>) {
    let Opened { row, mut form, mut button, wish: asked } = opened;
    let mut wish = asked.clone();
    loop {
        let version = form.value("version").parse().expect("every form carries the version it was drawn from");
        // The panel of a conflict about fields also carries the version that the first form was drawn from.
        let opened = form.value("opened").parse().unwrap_or(version);
        let htmx = !client.writes && rand::rng().random_bool(0.5);
        let page = if htmx { form.press_htmx(&button).await } else { form.press(&button).await };
        if page.status() == 422 && form.names().iter().any(|name| name.starts_with("choose.")) {
            // Two choices that go together would put one person into both slots.
            assert!(page.reading().contains("must be two people"), "{}", page.reading());
            return;
        }
        let answer = judge(&page, htmx);
        let refused = matches!(answer, Answer::Refused { .. });
        posts.push(Post { by: client.id, row, opened, version, wish: wish.clone(), answer });
        if !refused || !page.has("#conflict button[type=submit]") || rand::random_bool(0.5) {
            return;
        }
        form = page.form(&page.attributes("#conflict form", "action")[0]);
        button = form.buttons()[0].to_owned();
        let choices: Vec<String> =
            form.names().iter().filter(|name| name.starts_with("choose.")).map(|name| (*name).to_owned()).collect();
        for choice in choices {
            let chosen = form.offered(&choice).choose(&mut rand::rng()).expect("a choice has values").clone();
            if client.writes {
                wish = if chosen == "keep" { Wish::Nothing } else { asked.clone() };
            }
            form = form.set(&choice, &chosen);
        }
    }
}

/// An answer is what was done, or a refusal that says who changed what and when; there is no third.
fn judge(page: &Page, htmx: bool) -> Answer {
    match page.status() {
        303 if !htmx => Answer::Done { news: None },
        200 if htmx => {
            Answer::Done { news: page.attributes("#department-reviews", "data-announce").into_iter().next() }
        }
        409 => {
            let (names, times) = (page.texts(".conflict__changes li strong"), page.texts(".conflict__changes li time"));
            assert_eq!(names.len(), times.len(), "{}", page.reading());
            assert!(!names.is_empty(), "a refusal names who and when:\n{}", page.reading());
            Answer::Refused { names }
        }
        status => panic!("{status} {}:\n{}", page.path, page.reading()),
    }
}
