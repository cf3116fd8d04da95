//! Assigning what a preview showed: each row is told, whatever became of it, and a press has one effect.

use super::{ASSIGNED, MAYA, OPEN, all_ticked, assigned, id_of, on, previewed, several, told};
use crate::support::story::Story;
use crate::support::{Browser, Form, World};

/// The preview of putting somebody on all DMCO has, as primary reviewer.
async fn preview(who: &Browser, to: &str) -> Form {
    let form = all_ticked(who, &format!("{OPEN}&department=DMCO&sort=sent")).await;
    form.set("do", "primary").set("primary_to", to).press("Preview those ticked").await.form("Assign those ticked")
}

async fn assign(world: &World, who: &Browser, story: &Story, slot: &str, to: &str) {
    let page = format!("/department-reviews/{}/reviewers", world.review_of(story).await);
    assert_eq!(who.get(&page).await.form(&page).set(slot, to).press("Assign").await.status(), 303);
}

fn texts(row: &[String; 3]) -> [&str; 3] {
    [&row[0], &row[1], &row[2]].map(String::as_str)
}

#[tokio::test]
async fn every_row_that_was_ticked_says_what_became_of_it_and_the_numbers_add_up() {
    let world = World::start().await;
    let stories = several(&world, 6).await;
    let (alex, dana) = (world.signed_in("alex.morgan").await, world.signed_in("dana.ruiz").await);
    let (sam, kim) = (id_of(&world, "sam.lee").await, id_of(&world, "kim.ode").await);
    let form = preview(&alex, &sam).await;
    // Meanwhile: one is given to somebody else, one to the same, one is closed, one gets the same person as helper.
    assign(&world, &dana, &stories[1].0, "primary", &kim).await;
    assign(&world, &dana, &stories[2].0, "primary", &sam).await;
    world.withdraw("kim.ode", &stories[3].0).await;
    assign(&world, &dana, &stories[4].0, "secondary", &sam).await;
    let to = format!("to-{}", stories[5].1);
    let form = form.set(&to, &id_of(&world, "priscilla.nguyen").await);
    let page = assigned(&form).await;
    let (line, rows) = told(&page);
    assert_eq!(line, "6 reviews: 2 assigned, 1 already so, 2 changed meanwhile, 1 refused.");
    let at = "Changed by Dana Ruiz (DMCO), 03/10/2026 11:36 PM ET.";
    assert_eq!(
        rows.iter().map(texts).collect::<Vec<_>>(),
        [
            ["DMCO review of MN-0001", "Assigned", "Primary: nobody → Sam Lee"],
            [
                "DMCO review of MN-0002",
                "Changed meanwhile",
                &format!("{at} Now not started, primary Kim Ode, secondary nobody.")
            ],
            ["DMCO review of MN-0003", "Already so", "Primary: Sam Lee."],
            ["DMCO review of MN-0004", "Refused", "Closed: MN-0004 is withdrawn now."],
            [
                "DMCO review of MN-0005",
                "Changed meanwhile",
                &format!("{at} Now not started, primary nobody, secondary Sam Lee.")
            ],
            ["DMCO review of MN-0006", "Assigned", "Primary: nobody → Priscilla Nguyen"],
        ]
    );
    assert_eq!(on(&world, &stories[1].0).await.0.as_deref(), Some("Kim"), "nobody's change is overwritten");
    assert_eq!(on(&world, &stories[5].0).await.0.as_deref(), Some("Priscilla"), "a row can be changed");
    assert!(!alex.get(OPEN).await.has("#results-heading"), "it is told once");

    // "Try these again" leads to a preview with what is so now.
    let again = page.form("Try these 2 again").press("Try these 2 again").await;
    let rows = previewed(&again);
    assert_eq!((rows[0].now.as_str(), rows[0].to.as_str(), rows[0].ticked), ("Kim Ode", "Sam Lee", true));
    assert_eq!(rows[1].why, "Won’t change. Would hold both slots: secondary already.");
    let page = assigned(&again.form("Assign those ticked")).await;
    assert_eq!(told(&page).0, "1 review: 1 assigned.");
    assert_eq!(on(&world, &stories[1].0).await.0.as_deref(), Some("Sam"));
    crate::life::intact(&world).await;
}

#[tokio::test]
async fn a_form_that_is_sent_again_has_one_effect_and_says_so() {
    let world = World::start().await;
    several(&world, 3).await;
    let alex = world.signed_in("alex.morgan").await;
    let form = preview(&alex, &id_of(&world, "sam.lee").await).await;
    assert_eq!(told(&assigned(&form).await).0, "3 reviews: 3 assigned.");
    assert_eq!(told(&assigned(&form).await).0, "3 reviews: 3 already so.");
    assert_eq!(world.count(ASSIGNED).await, 3);
}

#[tokio::test]
async fn two_who_assign_the_same_rows_at_once_never_overwrite_each_other() {
    let world = World::start().await;
    let stories = several(&world, 6).await;
    let (alex, dana) = (world.signed_in("alex.morgan").await, world.signed_in("dana.ruiz").await);
    let (one, other) =
        (preview(&alex, &id_of(&world, "sam.lee").await).await, preview(&dana, &id_of(&world, "kim.ode").await).await);
    let (first, second) = tokio::join!(one.press("Assign those ticked"), other.press("Assign those ticked"));
    let mut rows = Vec::new();
    for answer in [first, second] {
        let (_, told) = told(&answer.follow().await);
        assert_eq!(told.len(), 6, "nothing is skipped");
        rows.extend(told);
    }
    let number = |result: &str| rows.iter().filter(|row| row[1] == result).count();
    assert_eq!((number("Assigned"), number("Changed meanwhile")), (6, 6), "{rows:?}");
    assert_eq!(world.count(ASSIGNED).await, 6);
    for (story, _) in &stories {
        assert!(on(&world, story).await.0.is_some());
    }
    crate::life::intact(&world).await;
}

#[tokio::test]
async fn what_was_assigned_can_be_taken_back_by_a_preview_of_the_reverse() {
    let world = World::start().await;
    let stories = several(&world, 3).await;
    let alex = world.signed_in("alex.morgan").await;
    let (sam, kim) = (id_of(&world, "sam.lee").await, id_of(&world, "kim.ode").await);
    assign(&world, &alex, &stories[0].0, "primary", &kim).await;
    let page = assigned(&preview(&alex, &sam).await).await;
    assert_eq!(told(&page).0, "3 reviews: 3 assigned.");
    let dana = world.signed_in("dana.ruiz").await;
    assign(&world, &dana, &stories[2].0, "secondary", &kim).await;
    let undo = page.form("Undo these 3").press("Undo these 3").await;
    let rows = previewed(&undo);
    let reverse: Vec<(&str, &str, bool)> =
        rows.iter().map(|row| (row.now.as_str(), row.to.as_str(), row.ticked)).collect();
    assert_eq!(reverse, [("Sam Lee", "Kim Ode", true), ("Sam Lee", "nobody", true), ("Sam Lee", "nobody", false)]);
    assert_eq!(rows[0].why, "As it was before.");
    assert!(rows[2].why.starts_with("Won’t change. Changed since by Dana Ruiz (DMCO), 03/10/2026"), "{}", rows[2].why);
    assert_eq!(world.count(ASSIGNED).await, 5, "nothing is taken back yet");
    let page = assigned(&undo.form("Assign those ticked")).await;
    let (line, rows) = told(&page);
    assert_eq!((line.as_str(), texts(&rows[1])[2]), ("2 reviews: 2 assigned.", "Primary: Sam Lee → nobody"));
    assert_eq!(on(&world, &stories[0].0).await.0.as_deref(), Some("Kim"));
    assert_eq!(on(&world, &stories[1].0).await, (None, None));
    assert_eq!(on(&world, &stories[2].0).await, (Some("Sam".to_owned()), Some("Kim".to_owned())));
}

#[tokio::test]
async fn somebody_who_leaves_hands_over_both_slots_wherever_they_stand() {
    let world = World::start().await;
    let stories = several(&world, 3).await;
    let alex = world.signed_in("alex.morgan").await;
    let (sam, kim) = (id_of(&world, "sam.lee").await, id_of(&world, "kim.ode").await);
    assign(&world, &alex, &stories[0].0, "primary", &sam).await;
    assign(&world, &alex, &stories[1].0, "secondary", &sam).await;
    let form = all_ticked(&alex, &format!("{OPEN}&reviewer={sam}")).await;
    let form = form.set("do", "replace").set("whom", &sam).set("by", &kim);
    let page = assigned(&form.press("Preview those ticked").await.form("Assign those ticked")).await;
    assert_eq!(told(&page).0, "2 reviews: 2 assigned.");
    assert_eq!(on(&world, &stories[0].0).await, (Some("Kim".to_owned()), None));
    assert_eq!(on(&world, &stories[1].0).await, (None, Some("Kim".to_owned())));
    let told: String =
        sqlx::query_scalar("select details ->> 'how' from event where kind = 'reviewers_changed' limit 1")
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(told, "set", "the entry is that of assigning one by one");
}

#[tokio::test]
async fn an_approver_reaches_no_row_of_another_department_however_the_form_is_forged() {
    let world = World::start().await;
    world.sent_with_rate(MAYA).await;
    let foreign = "select id from department_review where department = 'OACT'";
    let foreign: uuid::Uuid = sqlx::query_scalar(foreign).fetch_one(&world.db).await.unwrap();
    let (dana, ivan) = (world.signed_in("dana.ruiz").await, id_of(&world, "ivan.petrov").await);
    let csrf = dana.csrf().await;
    let nil = uuid::Uuid::nil();
    let (one, none) = (foreign.to_string(), nil.to_string());
    let fields =
        [("csrf", csrf.as_str()), ("do", "suggest"), ("from", OPEN), ("tick", one.as_str()), ("tick", none.as_str())];
    let page = dana.post("/assignments/preview", &fields).await;
    let rows = previewed(&page);
    assert_eq!(rows.len(), 2, "nothing is skipped");
    for row in &rows {
        assert_eq!(
            (row.title.as_str(), row.why.as_str()),
            ("A review", "Won’t change. It is not among those that you assign.")
        );
    }
    assert!(!page.reading().contains("OACT") && !page.has("input[name=row]"));
    let (row, to, gone, nobody) =
        (format!("{foreign}:1:primary"), format!("to-{foreign}"), format!("{nil}:1:primary"), format!("to-{nil}"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("ticked", "yes"),
        ("row", &row),
        (to.as_str(), ivan.as_str()),
        ("row", &gone),
        (nobody.as_str(), ""),
    ];
    let (line, rows) = told(&dana.post("/assignments", &fields).await.follow().await);
    assert_eq!(line, "2 reviews: 2 refused.");
    assert_eq!(texts(&rows[0]), ["A review", "Refused", "It is not among those that you assign."]);
    assert_eq!(rows[0], rows[1], "nobody learns whether it is there");
    assert_eq!(world.count(ASSIGNED).await, 0);
}

#[tokio::test]
async fn who_can_not_be_on_a_review_is_refused_and_the_other_rows_go_on() {
    let world = World::start().await;
    let stories = several(&world, 4).await;
    let alex = world.signed_in("alex.morgan").await;
    let (kim, owen) = (id_of(&world, "kim.ode").await, id_of(&world, "owen.park").await);
    assign(&world, &alex, &stories[1].0, "secondary", &kim).await;
    let csrf = alex.csrf().await;
    let row = |at: usize, version: i32| format!("{}:{version}:primary", stories[at].1);
    let to = |at: usize| format!("to-{}", stories[at].1);
    let (rows, names) = ([row(0, 1), row(1, 2), row(2, 1), row(3, 1)], [to(0), to(1), to(2), to(3)]);
    let mut fields = vec![("csrf", csrf.as_str()), ("ticked", "yes"), ("from", OPEN)];
    fields.extend(rows.iter().map(|row| ("row", row.as_str())));
    let stranger = uuid::Uuid::nil().to_string();
    fields.extend(names.iter().map(String::as_str).zip([owen.as_str(), &kim, &stranger, &kim]));
    let (line, told) = told(&alex.post("/assignments", &fields).await.follow().await);
    assert_eq!(line, "4 reviews: 1 assigned, 3 refused.");
    let why: Vec<&str> = told.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(
        why,
        [
            "Owen Park is no active reviewer or approver of DMCO.",
            "Kim Ode would hold both slots.",
            "Whoever was chosen is no active reviewer or approver of DMCO.",
            "Primary: nobody → Kim Ode",
        ]
    );
}

#[tokio::test]
async fn without_a_tick_nobody_is_assigned_and_what_no_page_sends_is_refused() {
    let world = World::start().await;
    let review = several(&world, 1).await.remove(0).1;
    let alex = world.signed_in("alex.morgan").await;
    let form = preview(&alex, &id_of(&world, "sam.lee").await).await.without("row");
    let answer = form.press("Assign those ticked").await;
    assert_eq!(answer.location(), format!("{OPEN}&department=DMCO&sort=sent"));
    assert_eq!(answer.follow().await.flash().as_deref(), Some("No row was ticked, so nobody was assigned."));
    let csrf = alex.csrf().await;
    let to = format!("to-{review}");
    for (row, to, value) in [
        ("x".to_owned(), to.as_str(), ""),
        (format!("{review}:1:both"), &to, ""),
        (format!("{review}:1:primary"), &to, "x"),
        (format!("{review}:1:primary"), "other", ""),
    ] {
        let fields = [("csrf", csrf.as_str()), ("ticked", "yes"), ("row", row.as_str()), (to, value)];
        assert_eq!(alex.post("/assignments", &fields).await.status(), 422, "{row} {value}");
    }
    let form = preview(&alex, &id_of(&world, "sam.lee").await).await;
    let answer = form.tamper("from", "https://elsewhere.example/assignments").press("Assign those ticked").await;
    assert_eq!((answer.status(), answer.location()), (303, "/assignments"));
}
