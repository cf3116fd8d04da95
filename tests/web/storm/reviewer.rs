//! One person in the storm: opens forms, fills them in and sends them, now and then late or twice, and goes on from a
//! conflict as the panel offers.

use std::time::Instant;

use mc_review::domain::id::DepartmentReviewId;
use mc_review::domain::role::Role;
use rand::RngExt;
use rand::seq::IndexedRandom;

use super::ledger::{Answer, Post, Wish};
use super::people::Client;
use crate::support::{Form, Page};

/// A form as it was opened, with what the person wants of it.
#[derive(Clone)]
struct Opened {
    review: DepartmentReviewId,
    form: Form,
    wish: Wish,
}

/// Acts on the reviews until it is over; gives how many pages were looked at, and everything that was posted.
pub async fn act(client: Client, reviews: &[DepartmentReviewId], until: Instant) -> (u64, Vec<Post>) {
    let (mut looked, mut posts, mut lying) = (0, Vec::new(), Vec::new());
    while Instant::now() < until {
        if rand::random_bool(0.2) && !lying.is_empty() {
            let at = rand::random_range(0..lying.len());
            send(&client, lying.swap_remove(at), &mut posts).await;
            continue;
        }
        looked += 1;
        let review = *reviews.choose(&mut rand::rng()).expect("there are reviews");
        let Some(opened) = open(&client, review).await else { continue };
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

/// Opens one of the forms that this person may use on the review as it stands.
async fn open(client: &Client, review: DepartmentReviewId) -> Option<Opened> {
    let works = client.role != Role::Admin;
    let (form, wish) = match rand::random_range(0..10) {
        0..6 if works => decision(client, review).await?,
        _ => reviewers(client, review).await?,
    };
    Some(Opened { review, form, wish })
}

/// The form of a status that the review can be set to, filled in.
async fn decision(client: &Client, review: DepartmentReviewId) -> Option<(Form, Wish)> {
    let to = *["in_review", "signed_off", "objection"].choose(&mut rand::rng()).expect("there are three");
    let page = client.browser.get(&format!("/department-reviews/{review}/status?to={to}")).await;
    if page.status() == 303 {
        return None;
    }
    assert_eq!(page.status(), 200, "{}", page.path);
    let mut form = page.form(&format!("/department-reviews/{review}/status"));
    let words = format!("{} says {:016x}", client.name, rand::random::<u64>());
    let field = ["note", "reason"].into_iter().find(|name| form.names().contains(name));
    if let Some(field) = field {
        form = form.set(field, &words);
    }
    Some((form, Wish::Status { to: to.to_owned(), words: field.map(|_| words) }))
}

/// The form of the reviewers with other people chosen, or what the buttons "Take" and "Hand back" send where they are.
async fn reviewers(client: &Client, review: DepartmentReviewId) -> Option<(Form, Wish)> {
    let page = client.browser.get(&format!("/department-reviews/{review}/reviewers")).await;
    assert_eq!(page.status(), 200, "{}", page.path);
    let form = page.form(&format!("/department-reviews/{review}/reviewers"));
    let (works, assigns) = (client.role != Role::Admin, client.role != Role::CmsReviewer);
    let me = client.id.to_string();
    let deeds = [
        ("take", works && form.value("primary").is_empty()),
        ("hand_back", [form.value("primary"), form.value("secondary")].contains(&me)),
        ("set", assigns),
    ];
    let possible: Vec<&str> = deeds.into_iter().filter(|(_, may)| *may).map(|(deed, _)| deed).collect();
    let deed = *possible.choose(&mut rand::rng())?;
    let form = if deed == "set" { choose_others(form) } else { form.tamper("do", deed) };
    Some((form, Wish::Reviewers { how: deed.to_owned() }))
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
        200 if htmx => Answer::Done { news: page.attribute("#department-reviews", "data-announce") },
        409 => {
            let (names, times) = (page.texts(".conflict__changes li strong"), page.texts(".conflict__changes li time"));
            assert_eq!(names.len(), times.len(), "{}", page.reading());
            assert!(!names.is_empty(), "a refusal names who and when:\n{}", page.reading());
            Answer::Refused { names }
        }
        status => panic!("{status} {}:\n{}", page.path, page.reading()),
    }
}
