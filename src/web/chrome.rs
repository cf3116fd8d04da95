//! What surrounds every page: title, navigation, account, message, footer.

use std::sync::Arc;

use super::App;
use super::assets::Assets;
use super::flash::Flash;
use crate::domain::clock::Moment;
use crate::domain::permission::Person;
use crate::domain::role::Role;

/// The surroundings of one page, drawn by `layout.html`.
#[derive(Debug)]
pub struct Chrome {
    /// `<page> – <key or list>`; the layout adds the product's name.
    pub title: String,
    /// Whether fields failed: "Error: " goes in front of the title.
    pub failed: bool,
    /// Who is signed in.
    pub person: Option<ChromePerson>,
    /// The navigation.
    pub nav: Vec<NavItem>,
    /// Whether the header has the search: not on lists that are searched by a box of their own.
    pub search: bool,
    /// Whether the button "Start a submission" is shown.
    pub start_submission: bool,
    /// The way from the list to this page; empty on lists.
    pub breadcrumb: Vec<Crumb>,
    /// The message above the h1.
    pub flash: Option<Flash>,
    /// The token that forms carry.
    pub csrf: String,
    /// The full address of the page, which stands on its print.
    pub address: String,
    /// When the page was drawn.
    pub drawn: Moment,
    /// Whether the strip "Test environment" is shown.
    pub test_environment: bool,
    /// Whom people write to when they need help.
    pub help_desk: String,
    /// The build of the product.
    pub build: &'static str,
    /// Whether single keys do something.
    pub keys: bool,
    /// When the session ends if nothing is done.
    pub session_ends: Option<Moment>,
    assets: Arc<Assets>,
}

/// Who is signed in, as the account menu shows them.
#[derive(Debug)]
pub struct ChromePerson {
    /// Their name.
    pub name: String,
    /// Their role in words.
    pub role: &'static str,
    /// Their state or department, or nothing.
    pub place: String,
    /// Whether the account menu leads to the settings.
    pub settings: bool,
    /// When they signed in before this time.
    pub last_signed_in: Option<Moment>,
}

/// A link of the navigation.
#[derive(Debug)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Whether this page belongs to it.
    pub current: bool,
}

/// A step of the breadcrumb; the last has no link.
#[derive(Debug)]
pub struct Crumb {
    /// Where it leads.
    pub href: Option<String>,
    /// Its words.
    pub label: String,
}

impl Chrome {
    /// The surroundings for somebody not (or not known to be) signed in.
    pub fn bare(app: &App, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            failed: false,
            person: None,
            nav: Vec::new(),
            search: false,
            start_submission: false,
            breadcrumb: Vec::new(),
            flash: None,
            csrf: String::new(),
            address: String::new(),
            drawn: Moment(app.clock.now()),
            test_environment: !app.settings.production,
            help_desk: app.settings.help_desk.clone(),
            build: env!("CARGO_PKG_VERSION"),
            keys: false,
            session_ends: None,
            assets: Arc::clone(&app.assets),
        }
    }

    /// The address of a file of `static/`, which changes whenever a file there does.
    pub fn asset(&self, path: &str) -> String {
        self.assets.url(path)
    }

    /// Where the key `g` and a further one lead: where the navigation does, and home. To who is not signed in, everywhere.
    pub fn places(&self) -> Vec<(&'static str, &'static str)> {
        let everywhere = PLACES.iter().map(|(_, key, label)| (*key, *label));
        let own = self.nav.iter().filter_map(|item| Some((item.key()?, item.label)));
        let mut places: Vec<_> = if self.person.is_some() { own.collect() } else { everywhere.collect() };
        places.push(("h", "Home"));
        places
    }

    /// Leaves the search to the page.
    #[must_use]
    pub fn searched_below(mut self) -> Self {
        self.search = false;
        self
    }

    /// Marks the page as one whose fields failed.
    #[must_use]
    pub fn failed(mut self, failed: bool) -> Self {
        self.failed = failed;
        self
    }

    /// Sets the breadcrumb: links first, the page itself last.
    #[must_use]
    pub fn crumbs<const N: usize>(mut self, links: [(String, String); N], last: &str) -> Self {
        self.breadcrumb = links.into_iter().map(|(href, label)| Crumb { href: Some(href), label }).collect();
        self.breadcrumb.push(Crumb { href: None, label: last.to_owned() });
        self
    }
}

/// The places of the navigation that a key leads to.
const PLACES: [(&str, &str, &str); 4] = [
    ("/work", "w", "My work"),
    ("/submissions", "s", "Submissions"),
    ("/rates", "r", "Rates"),
    ("/assignments", "a", "Assignments"),
];

impl NavItem {
    /// The key that leads there, after `g`.
    pub fn key(&self) -> Option<&'static str> {
        PLACES.iter().find(|(href, ..)| *href == self.href).map(|(_, key, _)| *key)
    }
}

/// The navigation that a person has, with the item marked that `path` belongs to.
pub fn navigation(person: Option<&Person>, path: &str) -> Vec<NavItem> {
    let items: &[(&str, &str)] = match person {
        None => &[("/sign-in", "Sign in"), ("/help", "Help")],
        Some(person) if reaches_settings(person) == Reach::Navigation => &[
            ("/assignments", "Assignments"),
            ("/submissions", "Submissions"),
            ("/rates", "Rates"),
            ("/settings", "Settings"),
            ("/help", "Help"),
        ],
        Some(person) if person.role == Role::CmsApprover => &[
            ("/work", "My work"),
            ("/submissions", "Submissions"),
            ("/rates", "Rates"),
            ("/assignments", "Assignments"),
            ("/help", "Help"),
        ],
        Some(person) if person.role.has_department() => {
            &[("/work", "My work"), ("/submissions", "Submissions"), ("/rates", "Rates"), ("/help", "Help")]
        }
        Some(_) => &[("/submissions", "Submissions"), ("/rates", "Rates"), ("/help", "Help")],
    };
    items
        .iter()
        .map(|&(href, label)| NavItem {
            href,
            label,
            current: path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')),
        })
        .collect()
}

/// From where a person reaches the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From every page's navigation.
    Navigation,
    /// From the account menu.
    AccountMenu,
    /// From nowhere: to a state they are not there.
    Nowhere,
}

/// Who keeps settings has them in the navigation; the rest of CMS reads them.
pub fn reaches_settings(person: &Person) -> Reach {
    match person.role {
        Role::Admin | Role::Helpdesk | Role::BusinessOwner => Reach::Navigation,
        Role::CmsReviewer | Role::CmsApprover | Role::ReadOnly => Reach::AccountMenu,
        Role::StateUser => Reach::Nowhere,
    }
}

/// The button "Start a submission" is for those who write.
pub fn may_start_submission(person: Option<&Person>) -> bool {
    person.is_some_and(|person| person.role == Role::StateUser)
}
