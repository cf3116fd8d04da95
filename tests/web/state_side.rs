//! What CMS decides inside reaches no page, file or message of a state: not by its words, and not by any difference.

use std::io::{Cursor, Read};

use mc_review::domain::role::Department;
use uuid::Uuid;
use zip::ZipArchive;

use crate::matrix::routes;
use crate::support::story::Story;
use crate::support::{Browser, Page, World};

/// Words that only the inside of CMS causes: what departments decided, who decided, and what they said to each other.
/// Sam Lee and Owen Park ask, unlock and withdraw, and Dana Ruiz approves: their names a state reads.
const INSIDE: &[&str] = &[
    "signed off",
    "sign off",
    "sign-off",
    "sign_off",
    "objection",
    "objected",
    "not started",
    "in review",
    "in_review",
    "awaiting",
    "department review",
    "dmco review",
    "dmcp review",
    "oact review",
    "reopened",
    "primary reviewer",
    "answer was read",
    "next question was asked",
    "kim ode",
    "kim.ode",
    "ruth abara",
    "ivan petrov",
    "alex morgan",
    "zebra",
    "mc-crs",
    "77123",
];

/// A package that CMS works on, and the reviews of it.
struct Life {
    world: World,
    story: Story,
    rate: String,
    dmco: String,
    dmcp: String,
    maya: Browser,
}

/// The text of an answer; of an archive, the texts of all that is in it.
fn texts(page: &Page) -> String {
    if !page.body().starts_with(b"PK") {
        return String::from_utf8_lossy(page.body()).into_owned();
    }
    let mut zip = ZipArchive::new(Cursor::new(page.body())).expect("a ZIP file");
    let mut all = String::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        all += &format!("\n{}\n{}", file.name(), String::from_utf8_lossy(&content));
    }
    all
}

#[track_caller]
fn says_nothing(page: &Page, moment: &str) {
    let text = texts(page).to_lowercase();
    for word in INSIDE {
        let found = text.find(word).map(|at| {
            let around = text[..at].char_indices().rev().nth(200).map_or(0, |(from, _)| from);
            text[around..].chars().take(400).collect::<String>()
        });
        assert_eq!(found, None, "{moment}: {} {} says “{word}”", page.status(), page.path);
    }
}

/// Answers a form that leads on, as whoever has the page open.
async fn done(form: crate::support::Form, button: &str) {
    let answer = form.press(button).await;
    assert_eq!(answer.status(), 303, "{button}: {}", answer.reading());
}

impl Life {
    async fn begin() -> Self {
        let world = World::start().await;
        let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
        let review = async |department: &str| {
            let review = "select id from department_review where department = $1::department";
            let id: Uuid = sqlx::query_scalar(review).bind(department).fetch_one(&world.db).await.unwrap();
            format!("/department-reviews/{id}")
        };
        let (dmco, dmcp) = (review("DMCO").await, review("DMCP").await);
        let maya = world.signed_in("maya.lindqvist").await;
        Self { dmco, dmcp, maya, world, story, rate }
    }

    async fn newest(&self) -> i64 {
        self.world.count("select coalesce(max(seq), 0) from event").await
    }

    /// What came since reaches the open pages of the state.
    async fn changes_say_nothing(&self, since: i64, moment: &str) {
        let submission = self.story.path("changes");
        for page in [&submission, &format!("/rates/{}/changes", self.rate), "/submissions/changes", "/rates/changes"] {
            says_nothing(&self.maya.get_htmx(&format!("{page}?since={since}&at=1")).await, moment);
        }
    }

    /// Somebody sets the status of a review.
    async fn set(&self, who: &str, review: &str, (to, field, text, button): (&str, &str, &str, &str)) {
        let since = self.newest().await;
        let browser = self.world.signed_in(who).await;
        let status = format!("{review}/status");
        let form = browser.get(&format!("{status}?to={to}")).await.form(&status);
        let form = if field.is_empty() { form } else { form.set(field, text) };
        done(form, button).await;
        self.changes_say_nothing(since, &format!("{who}: {button}")).await;
    }

    /// Somebody does something with a form of a page, under some fields.
    async fn act(&self, who: &str, path: &str, fields: &[(&str, &str)], button: &str) {
        let since = self.newest().await;
        let browser = self.world.signed_in(who).await;
        let page = browser.get(path).await;
        assert_eq!(page.status(), 200, "{path}: {:?}", page.header("location"));
        let form = fields.iter().fold(page.form(button), |form, (name, value)| form.set(name, value));
        done(form, button).await;
        self.changes_say_nothing(since, &format!("{who}: {button}")).await;
    }

    /// A department asks about the contract, and the state responds.
    async fn round(&self) {
        self.world.ask("sam.lee", &self.story, None).await;
        self.world.respond("maya.lindqvist", &self.story, Department::Dmco).await;
    }

    /// Everything that the table of contents has and that the state may open.
    async fn everything(&self) -> Vec<String> {
        let documents: Vec<Uuid> =
            sqlx::query_scalar("select id from document").fetch_all(&self.world.db).await.unwrap();
        let mut paths = Vec::new();
        for route in routes::read() {
            let Some(path) = route.strip_prefix("GET ") else { continue };
            // What says the same to everybody, and what does not end.
            if ["/static", "/help", "/live", "/sign-in", "/privacy", "/accessibility"]
                .iter()
                .any(|of| path.starts_with(of))
            {
                continue;
            }
            let path = path.replace("{key}", &self.story.key);
            let path = if path.contains("edit/rates/{rate}") || path.starts_with("/rates") {
                path.replace("{rate}", &self.rate)
            } else {
                path
            };
            let pages = ["type", "details", "contract", "rates", "contacts", "documents", "review"];
            match path.as_str() {
                path if path.contains("{n}") => paths.extend(["1", "2"].map(|n| path.replace("{n}", n))),
                path if path.contains("{page}") => paths.extend(pages.map(|page| path.replace("{page}", page))),
                path if path.contains("{department}") => {
                    for round in ["1", "2", "3", "4", "5"] {
                        paths.extend(
                            ["dmco", "dmcp", "oact"]
                                .map(|department| path.replace("{department}", department).replace("{round}", round)),
                        );
                    }
                }
                path if path.starts_with("/documents") => {
                    paths.extend(documents.iter().map(|id| path.replace("{id}", &id.to_string())));
                }
                "/department-reviews/{id}/status" => paths.push(format!("{}/status", self.dmco)),
                "/department-reviews/{id}/reviewers" => paths.push(format!("{}/reviewers", self.dmco)),
                path if path.ends_with("/changes") => paths.push(format!("{path}?since=0&at=1")),
                path => paths.push(path.to_owned()),
            }
        }
        let (submission, rate) = (self.story.path(""), format!("/rates/{}", self.rate));
        let columns = "kind,action,type,programs,population,status,turn,questions,version,first-sent,last-sent,last-activity,effective,rates,dsnp,execution";
        for end in ["", ".csv", ".xlsx"] {
            paths.push(format!("/submissions{end}?status=any&cols={columns}"));
            paths.push(format!("/rates{end}?status=any"));
        }
        for word in ["zebra", "77123"] {
            paths.extend([format!("/submissions?q={word}"), format!("/rates?q={word}")]);
        }
        for page in [submission, rate] {
            paths.extend(
                ["?from=1&to=2", "?from=seen", "?from=1&to=2&show=all"].map(|of| format!("{page}/compare{of}")),
            );
            paths.extend(["status", "versions", "questions"].map(|kind| format!("{page}/history?kind={kind}")));
            paths.extend(["submitted", "resubmitted", "approved"].map(|of| format!("{page}/history?explain={of}")));
        }
        paths
    }

    /// Nothing that the state can open says a word of the inside.
    async fn nothing_is_said(&self, moment: &str) {
        let mut opened = 0;
        for path in self.everything().await {
            let page = self.maya.get(&path).await;
            assert!(page.status() < 500, "{moment}: {} {path}", page.status());
            opened += usize::from(page.status() == 200);
            if path.contains("?q=") {
                // The page says what was looked for.
                assert!(page.texts("tbody tr").is_empty(), "{moment}: {path} finds something");
            } else {
                says_nothing(&page, moment);
            }
        }
        assert!(opened > 30, "{moment}: only {opened} pages were opened");
    }
}

#[tokio::test]
async fn a_state_reads_no_word_that_only_the_inside_of_cms_causes() {
    let life = Life::begin().await;
    let (world, story, rate) = (&life.world, &life.story, &life.rate);
    let (kim, ruth) = (world.person("kim.ode").await.id.to_string(), world.person("ruth.abara").await.id.to_string());
    life.act("alex.morgan", &format!("{}/reviewers", life.dmco), &[("primary", &kim)], "Assign").await;
    life.act("alex.morgan", &format!("{}/reviewers", life.dmcp), &[("primary", &ruth)], "Assign").await;
    life.set("kim.ode", &life.dmco, ("in_review", "", "", "Start")).await;
    let sign_off = ("signed_off", "note", "zebra: rates agree", "Sign off");
    let object = ("objection", "note", "zebra: section 4 is missing", "Object");
    let reopen = ("in_review", "reason", "zebra: one more look", "Reopen");

    // A round that ends by the sign-off, one by the next question, one by hand, one without an answer.
    life.round().await;
    life.set("kim.ode", &life.dmco, sign_off).await;
    life.nothing_is_said("signed off").await;
    life.set("kim.ode", &life.dmco, reopen).await;
    life.round().await;
    life.round().await;
    life.act("kim.ode", &story.path("questions/dmco/3/close"), &[], "Close").await;
    world.ask("sam.lee", story, None).await;
    let stale = life.maya.get(&story.path("questions/dmco/4/respond")).await.form("Send response");
    let unanswered = story.path("questions/dmco/4/close");
    life.act("kim.ode", &unanswered, &[("reason", "We found it in section 4.")], "Close").await;
    let late = stale.set("text", "In the annex.").press("Send response").await;
    assert_eq!(late.status(), 409);
    says_nothing(&late, "a response to what was closed");
    life.set("kim.ode", &life.dmco, object).await;

    // The rate, its departments, and what is said inside.
    world.ask("owen.park", story, Some(rate)).await;
    let respond = format!("/rates/{rate}/questions/dmcp/1/respond");
    life.act("maya.lindqvist", &respond, &[("text", "See the exhibit.")], "Send response").await;
    life.set("ruth.abara", &life.dmcp, sign_off).await;
    let note = [("text", "zebra: the trend is odd. @Kim Ode")];
    life.act("kim.ode", &story.path("notes"), &note, "Add note").await;
    life.act("ruth.abara", &format!("/rates/{rate}/notes"), &note, "Add note").await;
    life.act("kim.ode", &story.path("mccrs-number"), &[("mccrs_number", "77123")], "Save").await;
    life.nothing_is_said("decided").await;

    world.unlock("sam.lee", story).await;
    life.nothing_is_said("unlocked").await;
    world.send("maya.lindqvist", story).await;
    life.set("kim.ode", &life.dmco, object).await;
    life.round().await;
    let approval = [("released_on", "03/10/2026"), ("reason", "zebra: a court ordered it")];
    life.act("dana.ruiz", &story.path("approve"), &approval, "Approve").await;
    life.nothing_is_said("approved").await;
    let agreed = [("reason", "As agreed on the phone.")];
    life.act("alex.morgan", &story.path("undo-approval"), &agreed, "Undo approval").await;
    life.act("owen.park", &format!("/rates/{rate}/withdraw"), &agreed, "Withdraw rate").await;
    life.act("owen.park", &format!("/rates/{rate}/undo-withdraw"), &agreed, "Undo withdrawal").await;
    life.act("sam.lee", &story.path("withdraw"), &agreed, "Withdraw").await;
    life.act("sam.lee", &story.path("undo-withdraw"), &agreed, "Undo withdrawal").await;
    let dated = [("day", "03/09/2026"), ("time", "2:14 PM"), ("reason", "Noted wrongly.")];
    life.act("alex.morgan", &story.path("correct?what=first_sent"), &dated, "Correct").await;
    life.nothing_is_said("at the end").await;
    crate::life::intact(world).await;
}

/// The words without what differs by chance: the keys, and whatever was made at random.
fn normalized(text: &str, [submission, rate]: [&str; 2]) -> String {
    let text = text.replace(submission, "KEY").replace(rate, "RATE");
    let mut said = String::new();
    let mut run = String::new();
    for character in text.chars().chain([' ']) {
        if character.is_ascii_hexdigit() || character == '-' {
            run.push(character);
            continue;
        }
        said += if run.len() >= 8 { "X" } else { &run };
        run.clear();
        said.push(character);
    }
    said
}

#[tokio::test]
async fn packages_that_differ_only_in_what_cms_decided_look_the_same_to_their_state() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let mut read = Vec::new();
    for decided in [true, false] {
        let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
        let sam = world.signed_in("sam.lee").await;
        let review = format!("/department-reviews/{}", world.review_of(&story).await);
        done(sam.get(&story.path("")).await.form("Start"), "Start").await;
        world.ask("sam.lee", &story, None).await;
        world.respond("maya.lindqvist", &story, Department::Dmco).await;
        if decided {
            let kim = world.signed_in("kim.ode").await;
            let status = format!("{review}/status");
            done(kim.get(&format!("{status}?to=signed_off")).await.form(&status), "Sign off").await;
        } else {
            done(sam.get(&story.path("questions/dmco/1/close")).await.form("Close"), "Close").await;
        }
        // All that has not decided waits for the state, in one of the two.
        world.ask("owen.park", &story, Some(&rate)).await;
        world.ask("ivan.petrov", &story, Some(&rate)).await;
        let mut said = Vec::new();
        for path in ["", "questions", "history", "versions", "history.csv", "case-file.zip"] {
            let page = maya.get(&story.path(path)).await;
            assert_eq!(page.status(), 200, "{path}");
            let html = page.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            let text = if html { page.reading() } else { texts(&page) };
            said.push(normalized(&text, [&story.key, &rate]));
        }
        let rows = maya.get("/submissions").await.table("submission");
        let row = rows.iter().find(|row| row.cell("Submission").contains(&story.key)).expect("its row");
        said.push(normalized(&format!("{row:?}"), [&story.key, &rate]));
        said.push(normalized(&maya.get(&format!("/rates/{rate}")).await.reading(), [&story.key, &rate]));
        for turn in ["state", "both", "cms"] {
            let rows = maya.get(&format!("/submissions?turn={turn}")).await.texts("tbody tr");
            said.push(format!("{turn}: {}", rows.iter().any(|row| row.contains(&story.key))));
        }
        read.push(said);
    }
    let [one, other] = read.try_into().expect("two were read");
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
}
