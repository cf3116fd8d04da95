//! Pages that are open: who is told that something happened, and who is not.

mod changes;
mod ends;
mod others;
mod together;

use std::time::Duration;

use mc_review::domain::lifecycle::Decision;
use reqwest::{Method, Response};
use tokio::time::timeout;

use crate::support::story::Story;
use crate::support::{Browser, World};

/// What a stream is given to say something, or to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A stream, read as a browser reads it.
pub struct Stream {
    answer: Response,
    text: String,
}

/// What a stream says: the number of an entry, the name of the message, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: Option<i64>,
    pub event: String,
    pub data: String,
}

impl Stream {
    /// Opens the stream of a page.
    pub async fn open(browser: &Browser, query: &str) -> Self {
        Self::read(browser.request(Method::GET, &format!("/live?{query}")).send().await.unwrap())
    }

    /// Comes back to it, with the entry that was told last.
    pub async fn reopen(browser: &Browser, query: &str, last: i64) -> Self {
        let request = browser.request(Method::GET, &format!("/live?{query}"));
        Self::read(request.header("last-event-id", last.to_string()).send().await.unwrap())
    }

    #[track_caller]
    pub fn read(answer: Response) -> Self {
        assert_eq!(answer.status().as_u16(), 200, "{}", answer.url());
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, text: String::new() }
    }

    /// The next message of any name; nothing once the stream has ended.
    pub async fn next(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.read_on()).await.expect("the stream says something or ends")
    }

    async fn read_on(&mut self) -> Option<Message> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
                };
                let Some(data) = field("data") else { continue };
                let id = field("id").map(|id| id.parse().unwrap());
                return Some(Message { id, event: field("event").unwrap_or_default(), data });
            }
            let piece = self.answer.chunk().await.ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// The next entry that is told.
    pub async fn told(&mut self) -> Message {
        loop {
            let message = self.next().await.expect("the stream goes on");
            if message.event.is_empty() {
                return message;
            }
        }
    }

    /// Reads to the end, where nothing may be told any more.
    pub async fn ends(&mut self) {
        while let Some(message) = self.next().await {
            assert_eq!(message.id, None, "nothing is told to whom nothing may be told");
        }
    }
}

/// The number of the newest entry of a kind.
pub async fn newest(world: &World, kind: &str) -> i64 {
    let sql = "select max(seq) from event where kind = $1";
    sqlx::query_scalar(sql).bind(kind).fetch_one(&world.db).await.unwrap()
}

fn of(story: &Story) -> String {
    format!("on=submission:{}", story.key)
}

#[tokio::test]
async fn what_somebody_does_is_told_to_whoever_has_the_page_open() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    let mut stream = Stream::open(&dana, &of(&story)).await;
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    let told = stream.told().await;
    let expected = (Some(newest(&world, "review_signed_off").await), format!("submission:{}", story.key));
    assert_eq!((told.id, told.data), expected, "the message has a number and a name, and nothing else");
}

#[tokio::test]
async fn what_happens_to_a_rate_is_told_on_its_page_and_on_that_of_its_submission_and_in_the_lists() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let lists = ["on=list:submissions", "on=list:rates", "on=work"].map(str::to_owned);
    let queries: Vec<String> = [of(&story), format!("on=rate:{rate}")].into_iter().chain(lists).collect();
    let mut streams = Vec::new();
    for query in &queries {
        streams.push(Stream::open(&sam, query).await);
    }
    let owen = world.signed_in("owen.park").await;
    let started = owen.get(&format!("/rates/{rate}")).await.form("Start DMCP").press("Start DMCP").await;
    assert_eq!(started.status(), 303);
    let seq = newest(&world, "review_started").await;
    for (stream, query) in streams.iter_mut().zip(queries) {
        let told = stream.told().await;
        assert_eq!((told.id, told.data), (Some(seq), format!("rate:{rate}")), "{query}");
    }
}

#[tokio::test]
async fn a_state_is_not_even_woken_by_what_cms_keeps_to_itself() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let mut streams = [Stream::open(&maya, &of(&story)).await, Stream::open(&maya, "on=list:submissions").await];
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    world.unlock("sam.lee", &story).await;
    let seq = newest(&world, "unlocked").await;
    for stream in &mut streams {
        assert_eq!(stream.told().await.id, Some(seq), "the decision before it was not told");
    }
    // Nor does the number that the list carries move with it.
    let before = maya.get("/submissions").await.attribute("#results", "data-drawn");
    let other = world.in_review("elena.vargas", "sam.lee").await;
    world.decide(&other, "sam.lee", Decision::Objection).await;
    assert_eq!(maya.get("/submissions").await.attribute("#results", "data-drawn"), before);
    assert_eq!(before, Some(seq.to_string()));
}

#[tokio::test]
async fn cms_is_not_even_woken_by_drafts() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let mut streams = [
        Stream::open(&sam, "on=list:submissions").await,
        Stream::open(&sam, "on=list:rates").await,
        Stream::open(&sam, "on=work").await,
    ];
    world.deleted("maya.lindqvist").await;
    let (story, rate) = world.drafted_with_rate("maya.lindqvist").await;
    world.send("maya.lindqvist", &story).await;
    let sent = "select min(seq) from event where kind = 'submitted' and subject = $1::event_subject";
    for (stream, subject, name) in [
        (0, "contract_review", format!("submission:{}", story.key)),
        (1, "rate_review", format!("rate:{rate}")),
        (2, "rate_review", format!("rate:{rate}")),
    ] {
        let seq: i64 = sqlx::query_scalar(sent).bind(subject).fetch_one(&world.db).await.unwrap();
        let told = streams[stream].told().await;
        assert_eq!((told.id, told.data), (Some(seq), name), "neither draft was told before");
    }
    // Of a package that is open again, neither; what came before has been told by then.
    let last = "select max(seq) from event where audience <> 'state'";
    let last: i64 = sqlx::query_scalar(last).fetch_one(&world.db).await.unwrap();
    while streams[2].told().await.id != Some(last) {}
    let mut stream = Stream::open(&sam, &of(&story)).await;
    world.unlock("sam.lee", &story).await;
    assert_eq!(stream.told().await.id, Some(newest(&world, "unlocked").await));
    world.add_rate("maya.lindqvist", &story).await;
    let undo =
        world.signed_in("alex.morgan").await.get(&story.path("undo-unlock")).await.form(&story.path("undo-unlock"));
    assert_eq!(undo.set("reason", "It was right.").submit().await.status(), 303);
    loop {
        let told = stream.told().await.id.unwrap();
        let audience: String = sqlx::query_scalar("select audience::text from event where seq = $1")
            .bind(told)
            .fetch_one(&world.db)
            .await
            .unwrap();
        assert_ne!(audience, "state");
        if told >= newest(&world, "unlock_undone").await {
            break;
        }
    }
}

#[tokio::test]
async fn a_state_hears_of_its_own_submissions_alone() {
    let world = World::start().await;
    let minnesota = world.sent("maya.lindqvist").await;
    let elena = world.signed_in("elena.vargas").await;
    for on in ["submission:MN-0001", "submission:MN-0999", "rate:MN-R0001", "list:accounts", "work", ""] {
        let answer = elena.get(&format!("/live?on={on}")).await;
        assert_eq!(answer.status(), 404, "{on}");
    }
    let mut stream = Stream::open(&elena, "on=list:submissions").await;
    world.unlock("sam.lee", &minnesota).await;
    let texas = world.sent("elena.vargas").await;
    assert_eq!(stream.told().await.data, format!("submission:{}", texas.key));
}

#[tokio::test]
async fn what_is_told_travels_uncompressed_so_that_nothing_keeps_it_back() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    let request = dana.request(Method::GET, &format!("/live?{}", of(&story))).header("accept-encoding", "gzip, br");
    let mut stream = Stream::read(request.send().await.unwrap());
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    assert!(stream.told().await.id.is_some());
}
