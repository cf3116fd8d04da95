//! The world in which it happens: one of each thing, and what its pages lead to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mc_review::domain::lifecycle::Decision;
use mc_review::domain::role::Department;

use super::names;
use crate::matrix::{PEOPLE, ROWS, address, furnished, routes};
use crate::support::{Browser, World};

/// Who opens all that their links lead to; others open what the table of routes has for them.
const CURIOUS: [&str; 4] = ["maya.lindqvist", "dana.ruiz", "owen.park", "alex.morgan"];
/// So many pages each of them opens at most.
const MOST_PAGES: usize = 90;

/// A page that somebody may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub route: String,
    pub who: &'static str,
    pub address: String,
}

/// A form that somebody may send.
#[derive(Clone, Debug)]
pub struct Desk {
    pub route: String,
    pub who: &'static str,
    /// The page that it stands on.
    pub page: String,
    /// Where it is sent.
    pub action: String,
}

pub struct Ground {
    /// It rests: each walk has a copy.
    pub world: World,
    pub places: Vec<Place>,
    pub desks: Vec<Desk>,
    pub browsers: BTreeMap<&'static str, Browser>,
    /// Ids and keys of things, most of them somebody else's.
    pub foreign: Vec<String>,
    /// What addresses may carry.
    pub names: Vec<String>,
    pub routes: BTreeSet<String>,
}

impl Ground {
    pub async fn prepared() -> Self {
        let (world, things) = furnished().await;
        enrich(&world).await;
        let mut ground = Self {
            foreign: foreign(&world).await,
            world,
            places: Vec::new(),
            desks: Vec::new(),
            browsers: BTreeMap::new(),
            names: names::read().into_iter().collect(),
            routes: routes::read(),
        };
        for (_, name) in PEOPLE {
            ground.browsers.insert(name, ground.world.signed_in(name).await);
        }
        for name in CURIOUS {
            ground.explore(name).await;
        }
        for (route, thing, signed_out, expected) in ROWS {
            let Some(name) = who_may(*signed_out, expected) else { continue };
            let address = address(&things, route, *thing);
            if route.starts_with("GET") {
                ground.add_place(Place { route: (*route).to_owned(), who: name, address });
            } else {
                ground.add_desk(Desk { route: (*route).to_owned(), who: name, page: String::new(), action: address });
            }
        }
        ground
    }

    fn add_place(&mut self, place: Place) {
        if !self.places.contains(&place) {
            self.places.push(place);
        }
    }

    /// A desk of a kind that is not there yet for this person. One without a page is for what no form was found for.
    fn add_desk(&mut self, desk: Desk) {
        let same = |other: &Desk| {
            other.route == desk.route
                && (desk.page.is_empty() || other.who == desk.who && shape(&other.page) == shape(&desk.page))
        };
        if !self.desks.iter().any(same) {
            self.desks.push(desk);
        }
    }

    /// Follows links, one of each shape, and notes the forms on the way.
    async fn explore(&mut self, name: &'static str) {
        let browser = self.browsers[name].clone();
        let mut seen = BTreeSet::new();
        let mut ahead = VecDeque::from(["/".to_owned(), "/account".to_owned(), "/views".to_owned()]);
        let mut opened = 0;
        while let Some(address) = ahead.pop_front().filter(|_| opened < MOST_PAGES) {
            if !seen.insert(shape(&address)) || address.starts_with("/static") || address.starts_with("/documents") {
                continue;
            }
            opened += 1;
            let page = browser.get(&address).await;
            if page.status() == 303 {
                ahead.push_back(page.location().to_owned());
                continue;
            }
            let Some(route) = self.route_of("GET", &address).filter(|_| page.status() == 200) else { continue };
            self.add_place(Place { route, who: name, address: address.clone() });
            for form in page.forms() {
                for (action, _) in form.ways_to_post() {
                    if let Some(route) = self.route_of("POST", &action).filter(|route| route != "POST /sign-out") {
                        self.add_desk(Desk { route, who: name, page: address.clone(), action });
                    }
                }
            }
            let links = page.attributes("a[href]", "href").into_iter();
            ahead.extend(
                links
                    .map(|href| href.split('#').next().unwrap_or_default().to_owned())
                    .filter(|href| href.starts_with('/') && !href.starts_with("//")),
            );
        }
    }

    /// The route that an address belongs to: of several the one with the fewest placeholders.
    pub fn route_of(&self, method: &str, address: &str) -> Option<String> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let fits = |route: &&String| {
            let Some((found, pattern)) = route.split_once(' ') else { return false };
            let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
            found == method
                && pattern.len() == path.len()
                && pattern.iter().zip(path).all(|(part, given)| part.starts_with('{') || *part == given)
        };
        self.routes.iter().filter(fits).min_by_key(|route| route.matches('{').count()).cloned()
    }
}

/// Somebody who may: for what changes something, whoever is told what is missing.
fn who_may(signed_out: u16, expected: &[u16; 10]) -> Option<&'static str> {
    let place = expected.iter().position(|status| [200, 204, 422].contains(status));
    let place = place.or_else(|| expected.iter().position(|status| *status == 303));
    place.map(|place| PEOPLE[place].1).filter(|_| signed_out != 404)
}

/// An address with its ids, keys and numbers blotted out, and of its query the names.
pub fn shape(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_id = |part: &&str| part.bytes().any(|byte| byte.is_ascii_digit());
    let path: Vec<&str> = path.split('/').map(|part| if is_id(&part) { "*" } else { part }).collect();
    let mut names: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    names.sort_unstable();
    names.dedup();
    // Which columns and values a list shows makes no other page of it, unlike what is to be done or corrected.
    let values: Vec<&str> = query
        .split('&')
        .filter(|pair| ["what", "to", "kind", "tab"].iter().any(|name| pair.split('=').next() == Some(name)))
        .filter(|pair| pair.bytes().filter(u8::is_ascii_digit).count() < 4)
        .collect();
    format!("{}?{}&{}", path.join("/"), names.join("&"), values.join("&"))
}

/// More than one of each thing: given back, withdrawn, decided, answered, noted, corrected, of another state.
async fn enrich(world: &World) {
    let (maya, elena) = ("maya.lindqvist", "elena.vargas");
    let unlocked = world.sent(maya).await;
    world.unlock("sam.lee", &unlocked).await;
    let withdrawn = world.sent(maya).await;
    world.withdraw("sam.lee", &withdrawn).await;
    world.decided(maya, "sam.lee", Decision::Objection).await;
    let asked = world.sent(maya).await;
    world.ask("sam.lee", &asked, None).await;
    world.respond(maya, &asked, Department::Dmco).await;
    world.drafted_eqro(maya).await;
    world.sent(elena).await;
    world.drafted(elena).await;
    world.sent_with_rate(elena).await;
    let sam = world.signed_in("sam.lee").await;
    let noted =
        sam.get(&asked.path("notes")).await.form("Add note").set("text", "Ask @Dana Ruiz.").press("Add note").await;
    assert_eq!(noted.status(), 303);
    let alex = world.signed_in("alex.morgan").await;
    let correct = format!("{}?what=first_sent", asked.path("correct"));
    let form = alex.get(&correct).await.form(&correct).set("reason", "Noted wrongly.");
    let corrected = form.set("day", "03/02/2026").set("time", "9:30 AM").press("Correct").await;
    assert_eq!(corrected.status(), 303);
}

/// One id of each table that has some, of another state where there is one, and keys of others' things.
async fn foreign(world: &World) -> Vec<String> {
    let sql = "select id::text from contract_review where state_code = 'TX' union all
               (select id::text from contract_review where state_code = 'MN' order by number limit 3) union all
               (select id::text from rate_review order by state_code, number limit 2) union all
               (select id::text from account order by email limit 2) union all
               (select id::text from department_review order by id limit 2) union all
               (select id::text from contract_submission order by id limit 1) union all
               (select id::text from document order by id limit 1) union all
               (select id::text from event order by seq desc limit 1) union all
               (select id::text from question order by id limit 2) union all
               (select id::text from response order by id limit 1) union all
               (select id::text from note limit 1) union all
               (select id::text from correction limit 1) union all
               (select id::text from saved_view limit 1) union all
               (select id::text from session order by id limit 1) union all
               (select id::text from program order by id limit 1)";
    sqlx::query_scalar(sql).fetch_all(&world.db).await.expect("there is one of each")
}
