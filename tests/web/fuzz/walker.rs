//! Who sends it: draws what is sent, sends it, and judges the answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sqlx::AssertSqlSafe;

use super::ground::{Desk, Ground, Place};
use super::request::{BOUNDARY, Pair, Request, multipart, urlencoded};
use super::values::{Values, encoded_in_address, parts, replaced};
use crate::support::{Browser, Form, Page, World};

const FORM: &str = "application/x-www-form-urlencoded";
/// Tables that a refused request may write to: what a page notes of being looked at, contents without a use, sessions.
const ASIDE: [&str; 7] = ["session", "blob", "held_form", "presence", "visit", "export", "_sqlx_migrations"];

pub struct Walker<'a> {
    ground: &'a Ground,
    world: World,
    browsers: BTreeMap<&'static str, Browser>,
    rng: StdRng,
    values: Values,
    statuses: BTreeMap<u16, usize>,
    copies: usize,
    stamp: String,
    /// The statement that makes one.
    stamps: String,
    pub touched: BTreeSet<String>,
    pub wrong: Vec<String>,
}

/// A form as it stands on its page now.
struct Standing {
    ways: Vec<(String, Vec<(String, String)>)>,
    files: bool,
}

impl<'a> Walker<'a> {
    pub async fn begin(ground: &'a Ground, rng: StdRng) -> Self {
        let world = ground.world.copied().await;
        let mut walker = Self {
            ground,
            browsers: BTreeMap::new(),
            rng,
            values: Values::with(&ground.foreign),
            statuses: BTreeMap::new(),
            copies: 0,
            stamp: String::new(),
            stamps: stamps(&world).await,
            touched: BTreeSet::new(),
            wrong: Vec::new(),
            world,
        };
        walker.arrive();
        walker.stamp = walker.stamp().await;
        walker
    }

    /// The same browsers as on the ground, at the world that is used now.
    fn arrive(&mut self) {
        for (name, browser) in &self.ground.browsers {
            let here = Browser::new(&self.world.address);
            here.set_cookies(&browser.cookies().expect("somebody is signed in"));
            self.browsers.insert(name, here);
        }
    }

    /// Begins anew in a copy of the ground.
    async fn afresh(&mut self) {
        self.world = self.ground.world.copied().await;
        self.copies += 1;
        self.arrive();
        self.stamp = self.stamp().await;
    }

    pub fn counts(&self) -> String {
        let mut text = format!("{} requests to {} routes", self.statuses.values().sum::<usize>(), self.touched.len());
        for (status, times) in &self.statuses {
            let _ = write!(text, ", {status}: {times}");
        }
        let _ = write!(text, ", {} worlds", self.copies + 1);
        text
    }

    pub async fn intact(&self) {
        let report = mc_review::history::verify_all(&self.world.db).await.expect("the history is read");
        assert!(report.intact(), "the history is broken");
    }

    fn value(&mut self) -> Vec<u8> {
        self.values.any(&mut self.rng)
    }

    /// A value in the place of one's own: another, or that with a part replaced.
    fn instead_of(&mut self, own: &str) -> Vec<u8> {
        let parts = parts(own);
        if parts.len() == 1 || self.rng.random_bool(0.3) {
            return self.values.in_place_of(own, &mut self.rng);
        }
        let place = self.rng.random_range(0..parts.len());
        let value = self.values.in_place_of(parts[place], &mut self.rng);
        replaced(own, place, &value)
    }

    /// Reads a page in so many strange ways.
    pub async fn read(&mut self, place: &Place, times: usize) {
        for _ in 0..times {
            let address = self.strange(&place.address, &place.route);
            let mut request = Request::get(address);
            if self.rng.random_bool(0.2) {
                request = request.header("hx-request", "true");
            }
            if place.route == "GET /live" && self.rng.random_bool(0.5) {
                let value: String = self.value().iter().map(|byte| (byte % 94 + 33) as char).take(500).collect();
                request = request.header("last-event-id", &value);
            }
            self.touched.insert(place.route.clone());
            self.send(place.who, &place.route, &request).await;
        }
    }

    /// An address with something strange in it.
    fn strange(&mut self, address: &str, route: &str) -> String {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pattern = route.split_once(' ').map_or("", |(_, pattern)| pattern);
        let wild: Vec<usize> =
            pattern.split('/').enumerate().filter(|(_, part)| part.contains('{')).map(|(place, _)| place).collect();
        if !wild.is_empty() && self.rng.random_bool(0.3) {
            let wild = *wild.choose(&mut self.rng).expect("there is one");
            let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
            if let Some(part) = parts.get(wild).cloned() {
                parts[wild] = encoded_in_address(&self.instead_of(&part));
            }
            let question = if query.is_empty() { "" } else { "?" };
            return format!("{}{question}{query}", parts.join("/"));
        }
        let mut pairs: Vec<String> = query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
        for _ in 0..self.rng.random_range(1..=2) {
            let own = pairs.choose(&mut self.rng).cloned().filter(|_| self.rng.random_bool(0.5));
            let names = &self.ground.names;
            let (name, value) = match own.as_deref().and_then(|pair| pair.split_once('=')) {
                Some((name, value)) => (name.to_owned(), value.to_owned()),
                None => (names.choose(&mut self.rng).expect("there are names").clone(), String::new()),
            };
            let value = if value.is_empty() { self.value() } else { self.instead_of(&value) };
            let value = encoded_in_address(&value);
            // Two of these would be longer than an address may be.
            let value = if value.len() > 20_000 && pairs.iter().any(|pair| pair.len() > 20_000) { "" } else { &value };
            let instead = pairs.iter().position(|pair| pair.split('=').next() == Some(&name));
            match instead.filter(|_| self.rng.random_bool(0.8)) {
                Some(place) => pairs[place] = format!("{name}={value}"),
                None => pairs.push(format!("{name}={value}")),
            }
        }
        match self.rng.random_range(0..30) {
            0 => pairs.push("%".to_owned()),
            1 => pairs.push("=".to_owned()),
            2 => pairs.push("&&a[]=b&%zz=%".to_owned()),
            3 => pairs.push("unknown=1".to_owned()),
            4 => pairs.clear(),
            _ => {}
        }
        format!("{path}?{}", pairs.join("&"))
    }

    /// Sends a form in so many strange ways. Where one was accepted, it is opened again; where it is not offered any more,
    /// it all begins anew.
    pub async fn post(&mut self, desk: &Desk, times: usize) {
        let mut standing = None;
        for _ in 0..times {
            let opened = standing.is_none();
            if opened {
                standing = self.standing(desk).await;
            }
            if standing.is_none() {
                self.afresh().await;
                standing = self.standing(desk).await;
            }
            if opened {
                // Looking at a page may be noted.
                self.stamp = self.stamp().await;
            }
            // Some forms went when somebody opened what they led to.
            let Some(form) = &standing else { return };
            self.touched.insert(desk.route.clone());
            let (action, pairs) = form.ways.choose(&mut self.rng).expect("there is a way").clone();
            let files = form.files;
            let request = self.forged(&action, &desk.route, pairs, files);
            let accepted = self.send(desk.who, &desk.route, &request).await.is_none_or(|status| status < 400);
            if accepted {
                standing = None;
            }
        }
    }

    async fn standing(&self, desk: &Desk) -> Option<Standing> {
        let browser = &self.browsers[desk.who];
        if desk.page.is_empty() {
            let csrf = AssertUnwindSafe(browser.csrf()).catch_unwind().await.ok()?;
            let held_for = "/submissions/MN-0003/edit/type";
            let fields = [("csrf", csrf.as_str()), ("version", "1"), ("held_for", held_for), ("text", "Words.")];
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter();
            let all = self.ground.names.iter().take(10).map(|name| (name.clone(), String::new()));
            let pairs: Vec<(String, String)> = fields.chain(all).collect();
            return Some(Standing { ways: vec![(desk.action.clone(), pairs)], files: false });
        }
        let page = browser.get(&desk.page).await;
        if page.status() != 200 {
            return None;
        }
        let leads = |form: &Form| {
            let ways = form.clone().filled_somehow().ways_to_post().into_iter();
            let ways: Vec<_> = ways.filter(|(action, _)| *action == desk.action).collect();
            (!ways.is_empty()).then(|| Standing { ways, files: form.takes_files() })
        };
        page.forms().iter().find_map(leads)
    }

    /// A form with something strange in it.
    fn forged(&mut self, action: &str, route: &str, own: Vec<(String, String)>, files: bool) -> Request {
        let mut pairs: Vec<Pair> = own.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        let token = pairs.iter().find(|(name, _)| name == "csrf").map(|(_, token)| token.clone()).unwrap_or_default();
        let token = String::from_utf8(token).expect("a token is text");
        let others: Vec<usize> = (0..pairs.len()).filter(|place| pairs[*place].0 != "csrf").collect();
        let dice = self.rng.random_range(0..100);
        // What pages put into their forms themselves is read by the most code.
        let telling: Vec<usize> = others.iter().copied().filter(|place| is_hidden(&pairs[*place].0)).collect();
        let from = if telling.is_empty() || self.rng.random_bool(0.6) { &others } else { &telling };
        if let Some(place) = from.choose(&mut self.rng).copied() {
            let own = String::from_utf8_lossy(&pairs[place].1).into_owned();
            match dice {
                0..65 => pairs[place].1 = self.instead_of(&own),
                65..71 => {
                    pairs.remove(place);
                }
                71..78 => {
                    let again = (pairs[place].0.clone(), self.instead_of(&own));
                    pairs.insert(place, again);
                }
                78..82 => {
                    let value = self.value();
                    let name = String::from_utf8_lossy(&self.value()).chars().take(200).collect();
                    pairs.push((name, value));
                }
                82..85 => {
                    for place in &others {
                        pairs[*place].1 = self.value();
                    }
                }
                _ => {}
            }
        }
        let address = if dice >= 96 { self.strange(action, route) } else { action.to_owned() };
        if (85..94).contains(&dice) {
            return self.of_another_kind(&address, &pairs, files, &token);
        }
        if !files {
            return Request::post(&address, Some(FORM), urlencoded(&pairs));
        }
        let mut brought = Vec::new();
        if self.rng.random_bool(0.3) {
            let list = *["documents.contract", "documents.question", "documents.response", "documents.other", ""]
                .choose(&mut self.rng)
                .expect("there are some");
            let content = if self.rng.random_bool(0.5) { b"%PDF-1.7\n%%EOF".to_vec() } else { self.value() };
            let name = if self.rng.random_bool(0.5) { b"a.pdf".to_vec() } else { self.value() };
            brought.push((list.to_owned(), name, content));
        }
        Request::post(&address, Some(&format!("multipart/form-data; boundary={BOUNDARY}")), multipart(&pairs, &brought))
    }

    /// The form as a body of a kind that no page sends. Where the token can't be found in it, a header has it.
    fn of_another_kind(&mut self, address: &str, pairs: &[Pair], files: bool, token: &str) -> Request {
        let with_files = format!("multipart/form-data; boundary={BOUNDARY}");
        let encoded = urlencoded(pairs);
        let in_utf_16: Vec<u8> = String::from_utf8_lossy(&encoded).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cut: Vec<u8> = multipart(pairs, &[]).into_iter().take(80).collect();
        let request = match self.rng.random_range(0..10) {
            0 => Request::post(address, Some("application/json"), b"{\"csrf\":null,\"version\":1e400}".to_vec()),
            1 if files => Request::post(address, Some(FORM), encoded),
            1 => Request::post(address, Some(&with_files), multipart(pairs, &[])),
            2 => Request::post(address, None, encoded),
            3 => Request::post(address, Some("text/plain; charset=utf-16"), in_utf_16),
            4 => Request::post(address, Some("application/x-www-form-urlencoded; charset=utf-16"), in_utf_16),
            5 => Request::post(address, Some("multipart/form-data"), multipart(pairs, &[])),
            6 => Request::post(address, Some(&with_files), cut),
            7 => Request::post(address, Some(FORM), Vec::new()),
            8 => Request::post(address, Some(FORM), encoded).header("content-encoding", "gzip"),
            _ => Request::post(address, Some(FORM), [encoded, b"&a=".to_vec(), vec![b'x'; 600 * 1024]].concat()),
        };
        if self.rng.random_bool(0.7) { request.header("x-csrf-token", token) } else { request }
    }

    /// Sends it and judges the answer; gives its status.
    async fn send(&mut self, who: &'static str, route: &str, request: &Request) -> Option<u16> {
        let browser = &self.browsers[who];
        let sent = AssertUnwindSafe(browser.send(request.by(browser))).catch_unwind().await;
        let mut complain = |what: String| {
            self.wrong.push(format!("{what}\n  by {who}, {route}:\n  {request}"));
        };
        let page = match sent {
            Ok(page) => page,
            Err(panic) => {
                let why = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panics".to_owned());
                complain(format!("No answer that can be read: {why}"));
                return None;
            }
        };
        let status = page.status();
        if status >= 500 {
            complain(format!("{status}: {}", page.reading().chars().take(300).collect::<String>()));
        }
        if let Some(location) = page.header("location").filter(|location| !stays_here(location)) {
            complain(format!("It leads elsewhere: {location}"));
        }
        *self.statuses.entry(status).or_default() += 1;
        if request.method == reqwest::Method::POST {
            self.look_what_changed(who, route, request, &page).await;
            self.come_back(who, &page).await;
        }
        Some(status)
    }

    /// What was refused has changed nothing. A page of a draft keeps what can be kept, and comes back with what can't.
    async fn look_what_changed(&mut self, who: &'static str, route: &str, request: &Request, page: &Page) {
        let stamp = self.stamp().await;
        let keeps = route.starts_with("POST /submissions/{key}/edit/") && [413, 422].contains(&page.status());
        if page.status() >= 400 && !keeps && stamp != self.stamp {
            self.wrong.push(format!(
                "{} and yet something changed: {} is {stamp}\n  by {who}, {route}:\n  {request}",
                page.status(),
                self.stamp
            ));
        }
        self.stamp = stamp;
    }

    /// Whoever has signed out, or has ended their session, signs in again.
    async fn come_back(&mut self, who: &'static str, page: &Page) {
        if page.status() >= 400 || self.browsers[who].get("/session").await.status() == 200 {
            return;
        }
        let browser = Browser::new(&self.world.address);
        browser.sign_in(who).await;
        self.browsers.insert(who, browser);
        self.stamp = self.stamp().await;
    }

    /// For each table how many rows it has, and which transaction wrote the newest of them.
    async fn stamp(&self) -> String {
        sqlx::query_scalar(AssertSqlSafe(self.stamps.as_str()))
            .fetch_one(&self.world.db)
            .await
            .expect("tables are read")
    }
}

/// The statement that tells whether anything was written.
async fn stamps(world: &World) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'public' and tablename <> all($1) order by 1",
    )
    .bind(ASIDE.map(str::to_owned).to_vec())
    .fetch_all(&world.db)
    .await
    .expect("the tables are known");
    let newest = "count(*) || ' ' || coalesce(max(xmin::text::bigint), 0)";
    let each: Vec<String> =
        tables.iter().map(|table| format!("select '{table} ' || {newest} as s from {table}")).collect();
    format!("select string_agg(s, ', ' order by s) from ({}) every", each.join(" union all "))
}

/// Whether a field of this name is one that nobody types into.
fn is_hidden(name: &str) -> bool {
    let names =
        ["version", "opened", "id", "revision", "review", "row", "wish", "from", "query", "session", "shown", "drawn"];
    names.contains(&name)
}

/// Only an address of our own is gone to.
fn stays_here(location: &str) -> bool {
    location.starts_with('/') && !location.starts_with("//") && !location.contains(['\\', '\t', '\n'])
}
