//! What must hold for every page that any test ever sees: sound HTML, a sound outline, labels, landmarks that are told
//! apart by their names, no inline script or style.

use std::collections::HashSet;

use scraper::{ElementRef, Html};

use super::page::{selector, words};

/// Fails with everything that is wrong with a page, or with a part of one.
#[track_caller]
pub fn check(html: &Html, what: &str) {
    let whole = html.select(&selector("head")).next().is_some();
    let mut wrong: Vec<String> = html.errors.iter().map(|error| format!("HTML: {error}")).collect();
    inline_code(html, &mut wrong);
    names(html, &mut wrong);
    forms(html, &mut wrong);
    tables(html, &mut wrong);
    times(html, &mut wrong);
    structure(html, &mut wrong);
    landmarks(html, &mut wrong);
    let ids = unique_ids(html, &mut wrong);
    if whole {
        outline(html, &mut wrong);
        references(html, &ids, &mut wrong);
    }
    assert!(wrong.is_empty(), "{what} is not as every page must be:\n  {}", wrong.join("\n  "));
}

fn each<'a>(html: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    html.select(&selector(css)).collect()
}

/// The first tag of an element, to find it by.
fn shown(element: ElementRef<'_>) -> String {
    let html = element.html();
    html[..html.find('>').map_or(html.len(), |end| end + 1)].to_owned()
}

/// The content security policy forbids all of these.
fn inline_code(html: &Html, wrong: &mut Vec<String>) {
    for element in each(html, "*") {
        for (name, value) in element.value().attrs() {
            let forbidden =
                name == "style" || name.starts_with("on") || name.starts_with("hx-") || name.starts_with("data-hx-on");
            if forbidden || value.trim_start().starts_with("javascript:") || value.trim_start().starts_with("js:") {
                wrong.push(format!("inline code: {}", shown(element)));
            }
        }
    }
    let inline = each(html, "style, script:not([src])");
    wrong.extend(inline.into_iter().map(|element| format!("inline code: {}", shown(element))));
}

/// Every control, link and button can be named by somebody who does not see it.
fn names(html: &Html, wrong: &mut Vec<String>) {
    let labelled: HashSet<&str> = each(html, "label[for]").into_iter().filter_map(|label| label.attr("for")).collect();
    for control in each(html, "input:not([type=hidden]):not([type=submit]), select, textarea") {
        let named = control.attr("aria-label").is_some()
            || control.attr("aria-labelledby").is_some()
            || control.attr("id").is_some_and(|id| labelled.contains(id))
            || control.ancestors().filter_map(ElementRef::wrap).any(|ancestor| ancestor.value().name() == "label");
        if !named {
            wrong.push(format!("no label: {}", shown(control)));
        }
    }
    for element in each(html, "a[href], button, summary, legend, label, h1, h2, h3, h4, caption") {
        if words(element).is_empty() && element.attr("aria-label").is_none() && each_image_text(element).is_empty() {
            wrong.push(format!("no words: {}", shown(element)));
        }
    }
    wrong.extend(each(html, "img:not([alt])").into_iter().map(|image| format!("no alt: {}", shown(image))));
    wrong.extend(each(html, "time:not([datetime])").into_iter().map(|time| format!("no datetime: {}", words(time))));
    let fraction = |time: &ElementRef<'_>| {
        time.attr("datetime").and_then(|at| at.split_once('.')).map(|(_, rest)| rest.to_owned())
    };
    let digits = |fraction: String| fraction.bytes().take_while(u8::is_ascii_digit).count();
    let exact =
        each(html, "time").into_iter().filter(|time| fraction(time).is_some_and(|fraction| digits(fraction) > 3));
    wrong.extend(exact.map(|time| format!("more than three digits of a second: {}", shown(time))));
}

fn each_image_text(element: ElementRef<'_>) -> String {
    element.select(&selector("img[alt]")).filter_map(|image| image.attr("alt")).collect()
}

/// Every form that changes something carries the session's token, and is posted to an address of ours.
fn forms(html: &Html, wrong: &mut Vec<String>) {
    for form in each(html, "form") {
        let token = form.select(&selector("input[name=csrf]")).next().and_then(|input| input.attr("value"));
        let posted = form.attr("method") == Some("post");
        if posted && token.is_none_or(str::is_empty) {
            wrong.push(format!("no csrf: {}", shown(form)));
        }
        if !posted && token.is_some() {
            wrong.push(format!("a token in an address: {}", shown(form)));
        }
        if form.attr("action").is_some_and(|action| !action.starts_with('/') || action.starts_with("//")) {
            wrong.push(format!("leads away: {}", shown(form)));
        }
    }
}

fn tables(html: &Html, wrong: &mut Vec<String>) {
    for table in each(html, "table") {
        if table.select(&selector("caption")).next().is_none() {
            wrong.push(format!("no caption: {}", words(table)));
        }
    }
    wrong.extend(each(html, "th:not([scope])").into_iter().map(|cell| format!("no scope: {}", words(cell))));
}

/// HTML takes at most three digits after the second.
fn times(html: &Html, wrong: &mut Vec<String>) {
    for time in each(html, "time[datetime]") {
        let fraction = time.attr("datetime").and_then(|at| at.rsplit_once('.')).map_or("", |(_, fraction)| fraction);
        if fraction.bytes().take_while(u8::is_ascii_digit).count() > 3 {
            wrong.push(format!("a moment too exact for HTML: {}", shown(time)));
        }
    }
}

/// What stands in a line of text, and so holds no block.
const LINES: &str =
    "p, h1, h2, h3, h4, span, strong, em, abbr, time, code, kbd, mark, label, button, summary, legend, caption";
const BLOCKS: &str = "address, article, aside, blockquote, details, dialog, div, dl, fieldset, footer, form, h1, h2, h3, h4, \
                      header, hr, main, nav, ol, p, pre, section, table, ul";
const CONTROLS: &str = "a[href], button, input:not([type=hidden]), select, textarea, summary, label";

fn children<'a>(element: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    element.children().filter_map(ElementRef::wrap)
}

/// What the parser takes, but HTML does not allow: blocks in lines, controls in controls, strange things in lists.
fn structure(html: &Html, wrong: &mut Vec<String>) {
    for (outer, inner) in [(LINES, BLOCKS), ("a[href], button", CONTROLS), ("label", "label, a[href], button")] {
        let inner = selector(inner);
        for element in each(html, outer) {
            let found = element.select(&inner).next();
            wrong.extend(found.map(|found| format!("{} inside {}", shown(found), shown(element))));
        }
    }
    for (outer, allowed) in
        [("ul, ol", &["li"][..]), ("dl", &["dt", "dd", "div"]), ("dl > div", &["dt", "dd"]), ("tr", &["th", "td"])]
    {
        for element in each(html, outer) {
            let strange = children(element).find(|child| !allowed.contains(&child.value().name()));
            wrong.extend(strange.map(|strange| format!("{} directly inside {}", shown(strange), shown(element))));
        }
    }
    for (outer, first) in [("fieldset", "legend"), ("details", "summary")] {
        let without =
            |element: &ElementRef<'_>| children(*element).next().is_none_or(|child| child.value().name() != first);
        wrong.extend(
            each(html, outer).into_iter().filter(without).map(|it| format!("{} without {first} first", shown(it))),
        );
    }
    let unnamed = "div[aria-label]:not([role]), span[aria-label]:not([role]), p[aria-label]:not([role]), dl[aria-label]:not([role])";
    wrong.extend(each(html, unnamed).into_iter().map(|it| format!("a name for what takes none: {}", shown(it))));
}

/// The role of a landmark; a section or form is one only where it has a name.
fn landmark(element: ElementRef<'_>, name: &str) -> Option<&'static str> {
    const ROLES: [&str; 8] =
        ["banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search"];
    if let Some(role) = element.attr("role") {
        return ROLES.into_iter().find(|landmark| *landmark == role);
    }
    let parts = ["article", "aside", "main", "nav", "section"];
    let mut ancestors = element.ancestors().filter_map(ElementRef::wrap);
    let within_a_part = ancestors.any(|ancestor| parts.contains(&ancestor.value().name()));
    match element.value().name() {
        "main" => Some("main"),
        "nav" => Some("navigation"),
        "aside" => Some("complementary"),
        "header" if !within_a_part => Some("banner"),
        "footer" if !within_a_part => Some("contentinfo"),
        "section" if !name.is_empty() => Some("region"),
        "form" if !name.is_empty() => Some("form"),
        _ => None,
    }
}

/// The name of a part: its own, or the words of what names it.
fn name_of(html: &Html, element: ElementRef<'_>) -> String {
    if let Some(label) = element.attr("aria-label") {
        return label.to_owned();
    }
    let ids = element.attr("aria-labelledby").unwrap_or_default().split_whitespace();
    let named = ids.filter_map(|id| html.select(&selector(&format!("[id='{id}']"))).next().map(words));
    named.collect::<Vec<_>>().join(" ")
}

/// Whoever goes from landmark to landmark hears role and name, and nothing else.
fn landmarks(html: &Html, wrong: &mut Vec<String>) {
    let mut met = HashSet::new();
    for element in each(html, "header, footer, main, nav, aside, section, form, [role]") {
        let name = name_of(html, element);
        let Some(role) = landmark(element, &name) else { continue };
        if !met.insert((role, name.clone())) {
            wrong.push(format!("two landmarks {role} are called {name:?}: {}", shown(element)));
        }
    }
}

fn unique_ids<'a>(html: &'a Html, wrong: &mut Vec<String>) -> HashSet<&'a str> {
    let mut ids = HashSet::new();
    for id in each(html, "[id]").into_iter().filter_map(|element| element.attr("id")) {
        if !ids.insert(id) {
            wrong.push(format!("twice the id {id}"));
        }
    }
    ids
}

/// Language, title, landmarks, one h1, no level of headings left out.
fn outline(html: &Html, wrong: &mut Vec<String>) {
    if html.root_element().attr("lang") != Some("en") {
        wrong.push("no language".to_owned());
    }
    let title = each(html, "title").into_iter().map(words).next().unwrap_or_default();
    if !title.ends_with(" – MC-Review") || title.starts_with(" –") {
        wrong.push(format!("the title is {title:?}"));
    }
    for (css, count) in [("h1", 1), ("main#main", 1), ("header", 1), ("footer", 1), ("#live", 1)] {
        let found = each(html, css).len();
        if found != count {
            wrong.push(format!("{found} × {css}"));
        }
    }
    let level = |heading: ElementRef<'_>| heading.value().name()[1..].parse::<u32>().unwrap_or_default();
    let levels: Vec<u32> = each(html, "h1, h2, h3, h4, h5, h6").into_iter().map(level).collect();
    if levels.windows(2).any(|pair| pair[1] > pair[0] + 1) {
        wrong.push(format!("a level of headings is left out: {levels:?}"));
    }
}

/// Whatever points at an id points at one that is there.
fn references(html: &Html, ids: &HashSet<&str>, wrong: &mut Vec<String>) {
    for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls", "form"] {
        for element in each(html, &format!("[{attribute}]")) {
            let named = element.attr(attribute).unwrap_or_default().split_whitespace();
            wrong.extend(
                named
                    .filter(|id| !ids.contains(id))
                    .map(|id| format!("{attribute} to nothing ({id}): {}", shown(element))),
            );
        }
    }
    for link in each(html, "a[href^='#']") {
        let id = &link.attr("href").unwrap_or_default()[1..];
        if !ids.contains(id) {
            wrong.push(format!("a link to nothing: #{id}"));
        }
    }
}
