//! How the house is built: which room may know which, how large a room grows, and what a template may hold.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that others build on, and what they may know themselves. Every other folder of `src` is a feature.
const KIT: [(&str, &[&str]); 5] = [
    ("domain", &["domain"]),
    ("db", &["domain", "db"]),
    ("search", &["domain", "search"]),
    ("web", &["domain", "db::health", "db::session_store", "search", "web"]),
    ("history", &["domain", "db", "web", "history"]),
];
/// Those who put the house together may know everything; nobody else knows them.
const BUILDERS: [&str; 7] = ["commands", "demo", "lib", "main", "routes", "startup", "telemetry"];
/// The settings are known to the builders, and to the kit's start.
const SETTINGS: &str = "config";

const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 80;

struct File {
    path: PathBuf,
    text: String,
}

impl File {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The room of a file in `src`: its folder, or the file itself.
    fn room(&self) -> String {
        let inside = self.path.strip_prefix("src").expect("a file of src");
        let first = inside.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
        first.trim_end_matches(".rs").to_owned()
    }

    /// The text before the tests of the module.
    fn product(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default()
    }
}

fn files(folder: &str, extension: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let text = fs::read_to_string(&path).expect("a text file");
                found.push(File { path: path.strip_prefix(root).expect("in the project").to_owned(), text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "{folder} has files");
    found
}

#[track_caller]
fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

/// Every path that begins with `crate::`, with groups in braces spelled out: `["web", "form", "FormState"]`.
fn paths(text: &str) -> Vec<Vec<String>> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let part_of_a_name =
            code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '$');
        if !part_of_a_name {
            tree(&code[at + "crate::".len()..], Vec::new(), &mut found);
        }
    }
    found
}

/// Reads one branch of a `use` tree and returns what follows it.
fn tree<'a>(mut rest: &'a str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    loop {
        rest = rest.trim_start();
        if let Some(group) = rest.strip_prefix('{') {
            rest = group;
            while !rest.trim_start().starts_with('}') {
                rest = tree(rest, path.clone(), found).trim_start();
                rest = rest.strip_prefix(',').unwrap_or(rest);
                if rest.is_empty() {
                    return rest;
                }
            }
            return &rest.trim_start()[1..];
        }
        // A star stands for names and is read as one.
        let end = rest.find(|next: char| !next.is_alphanumeric() && !matches!(next, '_' | '*')).unwrap_or(rest.len());
        path.push(rest[..end].to_owned());
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(further) if further.starts_with(|next: char| next.is_alphanumeric() || next == '{' || next == '_') => {
                rest = further
            }
            _ => break,
        }
    }
    found.push(path);
    // A name given by `as` is passed over.
    let end = rest.find([',', '}', ';', '(', ')']).unwrap_or(rest.len());
    if rest[..end].trim_start().starts_with("as ") { &rest[end..] } else { rest }
}

/// Why a room may not know a path, if so.
fn forbidden(room: &str, path: &[String]) -> Option<String> {
    let first = path.first()?.as_str();
    let spelled = path.join("::");
    if BUILDERS.contains(&room) || room == SETTINGS || first == room {
        return None;
    }
    if BUILDERS.contains(&first) || first == SETTINGS {
        return Some(format!("{room} knows {spelled}, which puts the house together"));
    }
    if let Some((_, known)) = KIT.iter().find(|(kit, _)| *kit == room) {
        let may = known.iter().any(|known| spelled == *known || spelled.starts_with(&format!("{known}::")));
        return (!may).then(|| format!("{room} knows {spelled}; it may know {}", known.join(", ")));
    }
    let of_a_feature = KIT.iter().all(|(kit, _)| *kit != first) || first == "history";
    let hands_out = path.get(1).is_some_and(|item| item.starts_with(char::is_uppercase)) || path.len() <= 2;
    (of_a_feature && !hands_out).then(|| format!("{room} reaches into {spelled}; {first}/mod.rs must hand that out"))
}

#[test]
fn every_room_knows_only_whom_it_may_know() {
    let wrong = files("src", "rs").into_iter().flat_map(|file| {
        let room = file.room();
        let paths = paths(&file.text);
        paths
            .iter()
            .filter_map(|path| forbidden(&room, path))
            .map(|why| format!("{}: {why}", file.name()))
            .collect::<Vec<_>>()
    });
    none(wrong.collect());
}

#[test]
fn the_scanner_of_paths_reads_groups_and_names() {
    let text =
        "use crate::{accounts, web::{self, form::FormState as Form}, db};\ncrate::home::Reason::new(); // crate::no";
    let read: Vec<String> = paths(text).iter().map(|path| path.join("::")).collect();
    assert_eq!(read, ["accounts", "web::self", "web::form::FormState", "db", "home::Reason::new"]);
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    assert!(forbidden("domain", &path("web::Error")).is_some());
    assert!(forbidden("web", &path("db::private_cluster")).is_some());
    assert!(forbidden("web", &path("db::session_store::entry")).is_none());
    assert!(forbidden("reviews", &path("submissions::queries::open")).is_some());
    assert!(forbidden("reviews", &path("submissions::Submission::new")).is_none());
    assert!(forbidden("reviews", &path("startup::app")).is_some());
    assert!(forbidden("history", &path("submissions::open")).is_some());
}

#[test]
fn every_module_opens_with_a_sentence_about_itself() {
    let all = files("src", "rs").into_iter().chain(files("tests", "rs"));
    none(all.filter(|file| !file.text.starts_with("//! ")).map(|file| file.name()).collect());
}

#[test]
fn no_file_is_long_and_no_function_is() {
    let mut wrong = Vec::new();
    for file in files("src", "rs").into_iter().chain(files("tests", "rs")).chain(files("templates", "html")) {
        let length = file.text.lines().count();
        if length > LONGEST_FILE {
            wrong.push(format!("{} has {length} lines", file.name()));
        }
    }
    for file in files("src", "rs") {
        let lines: Vec<&str> = file.product().lines().collect();
        for (begin, line) in lines.iter().enumerate() {
            let words = line.trim_start();
            let is_function = [
                "fn ",
                "pub fn ",
                "async fn ",
                "pub async fn ",
                "pub(super) fn ",
                "pub(super) async fn ",
                "pub(crate) fn ",
            ]
            .iter()
            .any(|start| words.starts_with(start));
            // A trait only says that there is one.
            let head = lines[begin..].iter().find(|line| line.ends_with('{') || line.ends_with(';'));
            if !is_function || line.ends_with('}') || head.is_some_and(|head| head.ends_with(';')) {
                continue;
            }
            let end = format!("{}}}", &line[..line.len() - words.len()]);
            let length = lines[begin..].iter().position(|line| *line == end).unwrap_or(0) + 1;
            if length > LONGEST_FUNCTION {
                wrong.push(format!("{}:{}: a function of {length} lines", file.name(), begin + 1));
            }
        }
    }
    none(wrong);
}

#[test]
fn the_product_never_unwraps_and_leaves_nothing_for_later() {
    let mut wrong = Vec::new();
    for file in files("src", "rs").iter().filter(|file| !file.name().contains("/tests")) {
        for (number, line) in file.product().lines().enumerate() {
            for word in [".unwrap()", "TODO", "FIXME", "XXX", "todo!", "unimplemented!", "dbg!", "#[allow("] {
                if line.contains(word) {
                    wrong.push(format!("{}:{}: {word}", file.name(), number + 1));
                }
            }
        }
    }
    none(wrong);
}

/// What another template has drawn, and so escaped, already.
const DRAWN: [(&str, &str); 1] = [("templates/submissions/page.html", "{{ panel|safe }}")];

#[test]
fn templates_hold_no_code_of_the_browser_and_escape_everything() {
    let mut wrong = Vec::new();
    for file in files("templates", "html") {
        let drawn = DRAWN.iter().filter(|(template, _)| file.name() == *template);
        let text = drawn.fold(file.text.clone(), |text, (_, drawn)| text.replace(drawn, ""));
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            let words = line.split(|before: char| before.is_whitespace() || before == '"' || before == '\'');
            let attribute = |word: &str| {
                word.strip_prefix("on").is_some_and(|rest| {
                    rest.split('=').next().is_some_and(|name| name.len() > 2 && name.chars().all(char::is_alphabetic))
                        && rest.contains('=')
                })
            };
            let inline = words
                .clone()
                .any(|word| attribute(word) || word.starts_with("style=") || word.starts_with("data-hx-on"));
            let script = line.contains("<script") && !line.contains("<script src=");
            let unescaped = line.contains("|safe")
                || line.contains("| safe")
                || line.contains("javascript:")
                || line.contains("js:");
            if inline || script || unescaped || line.contains("<style") {
                wrong.push(format!("{}:{}: {}", file.name(), number + 1, line.trim()));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_form_that_is_posted_carries_the_token_of_its_session() {
    let mut wrong = Vec::new();
    let mut posted = 0;
    for file in files("templates", "html") {
        for form in file.text.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let (tag, _) = form.split_once('>').unwrap_or((form, ""));
            if !tag.contains("method=\"post\"") {
                continue;
            }
            posted += 1;
            let carries = ["name=\"csrf\"", "::csrf(", "::hidden(", "call csrf(", "call hidden("];
            if !carries.iter().any(|token| form.contains(token)) {
                wrong.push(format!("{}: <form{tag}>", file.name()));
            }
        }
    }
    none(wrong);
    assert!(posted > 3, "only {posted} forms were found");
}
