//! What goes over the wire, compressed, heads of answers included: a first visit to the submission page with everything
//! that a browser then loads, and the pages after that.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::Url;
use scraper::{Html, Selector};

use crate::Plan;
use crate::databases::Databases;
use crate::http::{Connection, get};
use crate::server::{REVIEWER, Server};
use crate::table::{Figure, Table};

/// Compressed answers over one connection.
struct Visitor {
    connection: Connection,
    host: String,
    cookies: String,
}

impl Visitor {
    /// The bytes of an answer and its text.
    fn get(&mut self, path: &str) -> (usize, Vec<u8>) {
        let answer = self.connection.send(&get(&self.host, path, &self.cookies, "Accept-Encoding: gzip\r\n"));
        assert_eq!(answer.status, 200, "{path}");
        let body = self.connection.body(answer);
        if !self.connection.head(answer).to_ascii_lowercase().contains("content-encoding: gzip") {
            return (answer.bytes, body);
        }
        let mut plain = Vec::new();
        GzDecoder::new(body.as_slice()).read_to_end(&mut plain).expect("what is compressed can be read");
        (answer.bytes, plain)
    }
}

/// Measures it.
pub fn measure(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("The weight of pages");
    let server = Server::start(databases, plan.middle);
    let cookies = server.cookies(REVIEWER);
    let mut visitor = Visitor { connection: Connection::to(server.host()), host: server.host().to_owned(), cookies };
    let sql = "select submission_key(r.state_code, r.number), d.id::text
                 from department_review d join contract_review r on r.id = d.contract_review_id
                where r.status = 'submitted' and d.status = 'in_review' order by d.version desc, d.id limit 1";
    let found = databases.list_of(plan.middle, sql);
    let (key, review) = (&found[0][0], &found[0][1]);
    first_visit(&mut visitor, &format!("/submissions/{key}"), table);
    let sql = "select submission_key(s.state_code, s.number), min(rate_key(r.state_code, r.number))
                 from contract_review s
                 join package_rate p on p.contract_review_id = s.id
                 join rate_review r on r.id = p.rate_review_id
                where s.status = 'submitted' group by s.id order by count(*) desc limit 1";
    let found = databases.list_of(plan.middle, sql);
    let (largest, rate) = (&found[0][0], &found[0][1]);
    let later = [
        "/submissions".to_owned(),
        "/submissions?size=100".to_owned(),
        format!("/submissions/{key}"),
        format!("/submissions/{key}/history"),
        format!("/submissions/{largest}"),
        "/rates".to_owned(),
        "/rates?size=100".to_owned(),
        format!("/rates/{rate}"),
        format!("/rates/{rate}/history"),
        format!("/department-reviews/{review}/status?to=signed_off"),
        format!("/department-reviews/{review}/reviewers"),
        "/help".to_owned(),
        "/account".to_owned(),
    ];
    later_pages(&mut visitor, &later, table);
}

fn first_visit(visitor: &mut Visitor, path: &str, table: &mut Table) {
    let (page, text) = visitor.get(path);
    let html = Html::parse_document(&String::from_utf8_lossy(&text));
    let base = Url::parse(&format!("http://{}{path}", visitor.host)).expect("the page has an address");
    let (mut all, mut script, mut elsewhere) = (page, 0, 0);
    let mut waiting: Vec<Url> = named_by(&html, &base);
    let mut loaded = BTreeSet::new();
    while let Some(url) = waiting.pop() {
        if !loaded.insert(url.clone()) {
            continue;
        }
        if url.host_str() != base.host_str() || url.port() != base.port() {
            elsewhere += 1;
            continue;
        }
        let (bytes, text) = visitor.get(url.path());
        all += bytes;
        if url.path().ends_with(".js") {
            script += bytes;
        }
        if url.path().ends_with(".css") {
            waiting
                .extend(used_by(&String::from_utf8_lossy(&text), &html).iter().filter_map(|name| url.join(name).ok()));
        }
    }
    let kilobytes = |bytes: usize| bytes as f64 / 1000.0;
    let from = if elsewhere == 0 { "nothing".to_owned() } else { format!("{elsewhere} files") };
    table.add(Figure {
        what: "first visit to the submission page".to_owned(),
        measured: format!(
            "{:.1} kB in {} files, of it {:.1} kB script; {from} from another host",
            kilobytes(all),
            loaded.len() + 1,
            kilobytes(script)
        ),
        beside: String::new(),
        must: "at most 150 kB, 60 kB, nothing".to_owned(),
        met: kilobytes(all) <= 150.0 && kilobytes(script) <= 60.0 && elsewhere == 0,
    });
}

/// What the page itself has a browser load.
fn named_by(html: &Html, base: &Url) -> Vec<Url> {
    let loading =
        [("link[rel=stylesheet]", "href"), ("link[rel=icon]", "href"), ("script[src]", "src"), ("img[src]", "src")];
    let mut named = Vec::new();
    for (css, attribute) in loading {
        let selector = Selector::parse(css).expect("this is a selector");
        let found = html.select(&selector).filter_map(|element| element.attr(attribute));
        named.extend(found.filter_map(|name| base.join(name).ok()));
    }
    named
}

/// The fonts of a style sheet, and the pictures of those rules that hold for something on the page.
fn used_by(style: &str, html: &Html) -> Vec<String> {
    let mut used = Vec::new();
    for rule in style.split('}') {
        let Some((before, declarations)) = rule.rsplit_once('{') else { continue };
        let selectors = before.rsplit(['{', ';']).next().unwrap_or_default().trim();
        let is_used = || selectors.starts_with("@font-face") || selectors.split(',').any(|one| is_on(one, html));
        for part in declarations.split("url(").skip(1) {
            let name = part.split(')').next().unwrap_or_default().trim_matches(['"', '\'']);
            if !name.is_empty() && !name.starts_with("data:") && is_used() {
                used.push(name.to_owned());
            }
        }
    }
    used
}

/// Whether a selector, states and pseudo-elements aside, holds for something on the page; what can't be read counts.
fn is_on(selector: &str, html: &Html) -> bool {
    let mut plain = String::new();
    let mut parts = selector.split(':');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let word = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(part.len());
        let rest = &part[word..];
        plain.push_str(rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest));
    }
    Selector::parse(plain.trim()).map_or(true, |selector| html.select(&selector).next().is_some())
}

fn later_pages(visitor: &mut Visitor, paths: &[String], table: &mut Table) {
    let weighed = paths.iter().map(|path| (visitor.get(path).0, path));
    let (bytes, path) = weighed.max().expect("there are pages");
    let kilobytes = bytes as f64 / 1000.0;
    table.add(Figure {
        what: "later pages".to_owned(),
        measured: format!("{kilobytes:.1} kB, the heaviest of {}: `{path}`", paths.len()),
        beside: String::new(),
        must: "at most 30 kB".to_owned(),
        met: kilobytes <= 30.0,
    });
}
