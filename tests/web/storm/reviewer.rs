//! One person in the storm: opens forms, fills them in and sends them, now and then late or twice, and goes on from a
//! conflict as the panel offers.

use std::time::Instant;

use mc_review::domain::id::DepartmentReviewId;
use rand::RngExt;
use rand::seq::IndexedRandom;

use super::ledger::{Answer, Post, Wish};
use super::people::{Case, Client};
use crate::support::{Form, Page};

/// A form as it was opened, with what the person wants of it.
#[derive(Clone)]
struct Opened {
    review: DepartmentReviewId,
    form: Form,
    wish: Wish,
}

/// Acts on the reviews until it is over; gives how many pages were looked at, and everything that was posted.
pub async fn act(client: Client, cases: &[Case], until: Instant) -> (u64, Vec<Post>) {
    let (mut looked, mut posts, mut lying) = (0, Vec::new(), Vec::new());
    while Instant::now() < until {
        if rand::random_bool(0.2) && !lying.is_empty() {
            let at = rand::random_range(0..lying.len());
            send(&client, lying.swap_remove(at), &mut posts).await;
            continue;
        }
        let case = cases.choose(&mut rand::rng()).expect("there are cases");
        let Some(opened) = open(&client, case, &mut looked).await else { continue };
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

/// Opens the submission and begins one of the deeds that its panel offers this person.
async fn open(client: &Client, case: &Case, looked: &mut u64) -> Option<Opened> {
    let page = client.browser.get(&format!("/submissions/{}", case.key)).await;
    assert_eq!(page.status(), 200, "{}", page.path);
    *looked += 1;
    let (status, reviewers) = (case.address("status"), case.address("reviewers"));
    let mut deeds = page.texts("#department-reviews .row-actions button");
    deeds.extend(page.texts("#department-reviews .row-actions a"));
    let deed = deeds.choose(&mut rand::rng())?;
    let how = |how: &str| Wish::Reviewers { how: how.to_owned() };
    let (form, wish) = match deed.split_whitespace().next()? {
        "Start" => (page.form(deed), Wish::Status { to: "in_review".to_owned(), words: None }),
        "Take" => (page.form(deed), how("take")),
        "Hand" => (page.form(deed), how("hand_back")),
        "Assign" => (choose_others(follow(client, &page, deed, looked).await?.form(&reviewers)), how("set")),
        _ => decide(client, follow(client, &page, deed, looked).await?.form(&status)),
    };
    Some(Opened { review: case.review, form, wish })
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
    let words = format!("{} says {:016x}", client.name, rand::random::<u64>());
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
    let Opened { review, mut form, wish } = opened;
    loop {
        let version = form.value("version").parse().expect("every form carries the version it was drawn from");
        // The panel of a conflict about fields also carries the version that the first form was drawn from.
        let opened = form.value("opened").parse().unwrap_or(version);
        let htmx = rand::rng().random_bool(0.5);
        let label = form.buttons()[0].to_owned();
        let page = if htmx { form.press_htmx(&label).await } else { form.press(&label).await };
        let answer = judge(&page, htmx);
        let refused = matches!(answer, Answer::Refused { .. });
        posts.push(Post { by: client.id, row: review.0, opened, version, wish: wish.clone(), answer });
        let offers_more = page.has("#conflict button[type=submit]");
        if !refused || !offers_more || rand::random_bool(0.5) {
            return;
        }
        form = page.form(form.action());
        for choice in ["choose.primary", "choose.secondary"] {
            if let Some(chosen) = form.offered(choice).choose(&mut rand::rng()) {
                form = form.set(choice, chosen);
            }
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
