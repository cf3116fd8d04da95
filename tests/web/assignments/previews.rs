//! Previews: what each operation would make of each row, and why; nothing is written by them.

use mc_review::domain::lifecycle::Decision;

use super::{ASSIGNED, MAYA, OPEN, Previewed, all_ticked, deeds, id_of, on, previewed, several};
use crate::support::{Page, World};

const SUM: &str = "select coalesce(sum(version), 0)::bigint + (select count(*) from event) from department_review";

fn row(title: &str, ticked: bool, now: &str, to: &str, why: &str) -> Previewed {
    let [title, now, to, why] = [title, now, to, why].map(str::to_owned);
    Previewed { title, ticked, now, to, why }
}

fn line(page: &Page) -> Vec<String> {
    page.texts("main > p, main p").into_iter().take(2).collect()
}

#[tokio::test]
async fn suggestions_go_to_those_who_follow_the_state_in_turn_and_say_why() {
    let world = World::start().await;
    several(&world, 4).await;
    world.sent("andre.fontaine").await;
    let (_, rate) = world.sent_with_rate("elena.vargas").await;
    let taken = world.signed_in("kim.ode").await.get("/submissions/MN-0004").await.form("Take");
    assert_eq!(taken.press("Take").await.status(), 303);
    let before = world.count(SUM).await;
    let alex = world.signed_in("alex.morgan").await;
    let page = all_ticked(&alex, OPEN).await.tick("approvers", "yes").press("Preview those ticked").await;
    let texas = format!("OACT review of {rate}");
    let follows = "Follows Minnesota; 0 open reviews, fewest.";
    assert_eq!(
        previewed(&page)[..5],
        [
            row("DMCO review of MN-0001", true, "nobody", "Sam Lee", follows),
            row("DMCO review of MN-0002", true, "nobody", "Dana Ruiz", follows),
            row(
                "DMCO review of MN-0003",
                true,
                "nobody",
                "Sam Lee",
                "Follows Minnesota; 0 open reviews and 1 suggested above, fewest."
            ),
            row("DMCO review of MN-0004", false, "Kim Ode", "Kim Ode", "Won’t change. Already so: Kim Ode has it."),
            row(
                "DMCO review of FL-0001",
                true,
                "nobody",
                "Priscilla Nguyen",
                "Follows Florida; 0 open reviews, fewest."
            ),
        ]
    );
    let actuary = previewed(&page).into_iter().find(|row| row.title == texas).expect("the rate stands there too");
    assert_eq!(actuary, row(&texas, true, "nobody", "Ivan Petrov", "Follows Texas; 0 open reviews, the only one."));
    assert_eq!(
        line(&page),
        [
            "Suggested by state, among reviewers and approvers. Nothing is assigned yet.",
            "8 chosen: 7 would change, 1 would not."
        ]
    );
    assert_eq!(world.count(SUM).await, before, "a preview writes nothing");
}

#[tokio::test]
async fn suggestions_leave_approvers_out_unless_they_are_asked_for_and_say_who_will_have_how_much() {
    let world = World::start().await;
    several(&world, 3).await;
    let taken = world.signed_in("sam.lee").await.get("/submissions/MN-0001").await.form("Take");
    assert_eq!(taken.press("Take").await.status(), 303);
    let dana = world.signed_in("dana.ruiz").await;
    let page = all_ticked(&dana, OPEN).await.press("Preview those ticked").await;
    let to: Vec<String> = previewed(&page).into_iter().map(|row| row.to).collect();
    assert_eq!(to, ["Sam Lee", "Kim Ode", "Sam Lee"], "Dana Ruiz approves");
    let loads = |page: &Page| -> Vec<[String; 3]> {
        let rows = page.table("Open reviews of each person");
        rows.iter().map(|row| ["Person", "Now", "After"].map(|name| row.cell(name).to_owned())).collect()
    };
    let load = |name: &str, now: &str, after: &str| [name, now, after].map(str::to_owned);
    assert_eq!(loads(&page), [load("Sam Lee", "1", "2"), load("Kim Ode", "0", "1")]);
    let page = all_ticked(&dana, OPEN).await.tick("approvers", "yes").press("Preview those ticked").await;
    assert_eq!(loads(&page), [load("Kim Ode", "0", "1"), load("Dana Ruiz", "0", "1")]);
    let (sam, kim) = (id_of(&world, "sam.lee").await, id_of(&world, "kim.ode").await);
    let form = all_ticked(&dana, OPEN).await.set("do", "replace").set("whom", &sam).set("by", &kim);
    let page = form.press("Preview those ticked").await;
    assert_eq!(loads(&page), [load("Sam Lee", "1", "0"), load("Kim Ode", "0", "1")]);
}

#[tokio::test]
async fn whom_a_form_names_for_another_deed_than_it_asks_for_is_asked_about() {
    let world = World::start().await;
    let stories = several(&world, 1).await;
    let alex = world.signed_in("alex.morgan").await;
    let kim = id_of(&world, "kim.ode").await;
    for (deed, field, value) in [
        ("suggest", "primary_to", kim.as_str()),
        ("primary", "secondary_to", &kim),
        ("replace", "slot", "primary"),
        ("empty", "whom", &kim),
        ("suggest", "by", &kim),
    ] {
        let form = deeds(&alex, OPEN).await.tick("tick", &stories[0].1).set("do", deed).set(field, value);
        let page = form.press("Preview those ticked").await;
        assert_eq!(page.status(), 422, "{deed} with {field}");
        assert!(page.errors()[0].starts_with("You chose "), "{:?}", page.errors());
        assert_eq!(page.attribute(&format!("#{field}"), "aria-invalid").as_deref(), Some("true"));
        let again = page.form("Preview those ticked");
        assert_eq!(
            (again.value("do"), again.value(field)),
            (deed.to_owned(), value.to_owned()),
            "it comes back as it was"
        );
    }
}

#[tokio::test]
async fn where_nobody_follows_the_state_the_slot_is_left_empty_and_somebody_can_be_chosen() {
    let world = World::start().await;
    let (story, review) = several(&world, 1).await.remove(0);
    sqlx::query("delete from state_assignment where state_code = 'MN'").execute(&world.db).await.unwrap();
    let dana = world.signed_in("dana.ruiz").await;
    let page = all_ticked(&dana, "/assignments").await.press("Preview those ticked").await;
    let why = "Won’t change. Left empty: nobody of DMCO follows Minnesota.";
    assert_eq!(previewed(&page), [row("DMCO review of MN-0001", false, "nobody", "nobody", why)]);
    let form = page.form("Assign those ticked");
    let kim = id_of(&world, "kim.ode").await;
    assert!(form.offered(&format!("to-{review}")).contains(&kim));
    assert!(!form.offered(&format!("to-{review}")).contains(&id_of(&world, "owen.park").await), "of the department");
    let form = form.tick("row", &format!("{review}:1:primary")).set(&format!("to-{review}"), &kim);
    assert_eq!(form.press("Assign those ticked").await.status(), 303);
    assert_eq!(on(&world, &story).await, (Some("Kim".to_owned()), None));
}

#[tokio::test]
async fn each_operation_says_what_it_changes_and_what_it_does_not() {
    let world = World::start().await;
    let stories = several(&world, 3).await;
    let (rated, rate) = world.sent_with_rate(MAYA).await;
    assert_ne!(rated.key, stories[0].0.key);
    let sam_takes = world.signed_in("sam.lee").await.get("/submissions/MN-0001").await.form("Take");
    assert_eq!(sam_takes.press("Take").await.status(), 303);
    let (sam, kim) = (id_of(&world, "sam.lee").await, id_of(&world, "kim.ode").await);
    let alex = world.signed_in("alex.morgan").await;
    let assign = format!("/department-reviews/{}/reviewers", stories[1].1);
    let helped = alex.get(&assign).await.form(&assign).set("secondary", &sam).press("Assign").await;
    assert_eq!(helped.status(), 303);
    let before = world.count(SUM).await;
    let query = format!("{OPEN}&sort=sent");
    let preview = async |changes: &[(&str, &str)]| {
        let mut form = all_ticked(&alex, &query).await;
        for (name, value) in changes {
            form = form.set(name, value);
        }
        previewed(&form.press("Preview those ticked").await)
    };
    let primary = preview(&[("do", "primary"), ("primary_to", &sam)]).await;
    let elsewhere = format!("DMCP review of {rate}");
    assert_eq!(
        primary[..3],
        [
            row("DMCO review of MN-0001", false, "Sam Lee", "Sam Lee", "Won’t change. Already so."),
            row(
                "DMCO review of MN-0002",
                false,
                "nobody",
                "nobody",
                "Won’t change. Would hold both slots: secondary already."
            ),
            row("DMCO review of MN-0003", true, "nobody", "Sam Lee", "As chosen."),
        ]
    );
    let other = primary.iter().find(|row| row.title == elsewhere).unwrap();
    assert_eq!(*other, row(&elsewhere, false, "nobody", "nobody", "Won’t change. Sam Lee is not in DMCP."));
    let secondary = preview(&[("do", "secondary"), ("secondary_to", &kim)]).await;
    let to: Vec<(&str, bool)> = secondary[..3].iter().map(|row| (row.now.as_str(), row.ticked)).collect();
    assert_eq!(to, [("nobody", true), ("Sam Lee", true), ("nobody", true)]);
    let emptied = preview(&[("do", "empty"), ("slot", "primary")]).await;
    assert_eq!(emptied[0], row("DMCO review of MN-0001", true, "Sam Lee", "nobody", "Nobody from then on."));
    assert_eq!(emptied[1].why, "Won’t change. Already so.");
    let replaced = preview(&[("do", "replace"), ("whom", &sam), ("by", &kim)]).await;
    assert_eq!(replaced[0], row("DMCO review of MN-0001", true, "Sam Lee", "Kim Ode", "As chosen."));
    assert_eq!(replaced[1], row("DMCO review of MN-0002", true, "Sam Lee", "Kim Ode", "As chosen."));
    assert_eq!(replaced[2].why, "Won’t change. Who is to be replaced is not on it.");
    assert_eq!(world.count(SUM).await, before, "previews write nothing");
}

#[tokio::test]
async fn a_review_that_was_closed_meanwhile_is_named_and_can_not_be_ticked() {
    let world = World::start().await;
    let stories = several(&world, 2).await;
    let alex = world.signed_in("alex.morgan").await;
    let form = all_ticked(&alex, "/assignments").await;
    world.withdraw("kim.ode", &stories[0].0).await;
    let page = form.press("Preview those ticked").await;
    let closed = "Won’t change. Closed: MN-0001 is withdrawn now.";
    assert_eq!(previewed(&page)[0], row("DMCO review of MN-0001", false, "nobody", "", closed));
    assert_eq!(page.form("Assign those ticked").offered("row"), [format!("{}:1:primary", stories[1].1)]);
}

#[tokio::test]
async fn a_form_that_lacks_something_comes_back_with_its_ticks_and_says_what() {
    let world = World::start().await;
    let stories = several(&world, 2).await;
    let alex = world.signed_in("alex.morgan").await;
    let nothing = deeds(&alex, OPEN).await.press("Preview those ticked").await;
    assert_eq!((nothing.status(), nothing.errors().len()), (422, 1), "{}", nothing.reading());
    assert_eq!(nothing.errors(), ["Tick at least one review, or preview all of them."]);
    let kim = id_of(&world, "kim.ode").await;
    for (changes, errors) in [
        (vec![("do", "primary")], vec!["Choose who is to be primary reviewer."]),
        (vec![("do", "secondary")], vec!["Choose who is to be secondary reviewer."]),
        (vec![("do", "empty")], vec!["Choose which slot is to be emptied."]),
        (vec![("do", "replace")], vec!["Choose who is to be replaced.", "Choose who takes over."]),
        (vec![("do", "replace"), ("whom", &kim), ("by", &kim)], vec!["Choose somebody else to take over."]),
    ] {
        let mut form = deeds(&alex, OPEN).await.tick("tick", &stories[1].1);
        for (name, value) in &changes {
            form = form.set(name, value);
        }
        let page = form.press("Preview those ticked").await;
        assert_eq!(
            (page.status(), page.errors()),
            (422, errors.into_iter().map(str::to_owned).collect()),
            "{changes:?}"
        );
        assert!(page.title().starts_with("Error: "));
        let again = page.form("Preview those ticked");
        assert_eq!((again.values("tick"), again.value("do")), (vec![stories[1].1.clone()], changes[0].1.to_owned()));
        assert_eq!(again.value("from"), OPEN, "the list is the one that was looked at");
    }
    let csrf = alex.csrf().await;
    for tick in ["x", &vec!["x"; 600].join(",")] {
        let fields = [("csrf", csrf.as_str()), ("do", "suggest"), ("tick", tick), ("from", OPEN)];
        assert_eq!(alex.post("/assignments/preview", &fields).await.status(), 422);
    }
    assert_eq!(world.count(ASSIGNED).await, 0);
}

#[tokio::test]
async fn what_was_decided_can_still_be_handed_over() {
    let world = World::start().await;
    world.decided(MAYA, "sam.lee", Decision::Objection).await;
    let alex = world.signed_in("alex.morgan").await;
    let (sam, kim) = (id_of(&world, "sam.lee").await, id_of(&world, "kim.ode").await);
    let form = all_ticked(&alex, OPEN).await.set("do", "replace").set("whom", &sam).set("by", &kim);
    let page = form.press("Preview those ticked").await;
    assert_eq!(previewed(&page), [row("DMCO review of MN-0001", true, "Sam Lee", "Kim Ode", "As chosen.")]);
    assert_eq!(line(&page)[0], "Kim Ode takes over from Sam Lee. Nothing is assigned yet.");
}
