//! A form whatever it is: sent by whoever knows nothing of it but its fields.

use reqwest::Method;

use super::{Button, Form, Kind};

impl Form {
    /// Whether it takes files.
    pub fn takes_files(&self) -> bool {
        self.multipart
    }

    /// The ways to send it that change something: where each leads, with all that it sends; the Enter key's first.
    pub fn ways_to_post(&self) -> Vec<(String, Vec<(String, String)>)> {
        let none = [None];
        let buttons: Vec<Option<&Button>> = self.buttons.iter().map(Some).collect();
        let buttons = if buttons.is_empty() { none.as_slice() } else { &buttons };
        let posts = |button: &&Option<&Button>| {
            button.and_then(|button| button.method.as_ref()).unwrap_or(&self.method) == Method::POST
        };
        let way = |button: &Option<&Button>| {
            let action = button.and_then(|button| button.action.as_ref()).unwrap_or(&self.action);
            (action.clone(), self.pairs(*button))
        };
        buttons.iter().filter(posts).map(way).collect()
    }

    /// Puts something that may pass into whatever is blank.
    #[must_use]
    pub fn filled_somehow(mut self) -> Self {
        for place in 0..self.fields.len() {
            let (name, kind) = (self.fields[place].name.clone(), self.fields[place].kind);
            let answered = self.fields.iter().any(|field| field.name == name && field.on && !field.value.is_empty());
            let field = &mut self.fields[place];
            match kind {
                _ if answered => {}
                Kind::Text | Kind::Area => {
                    let says = |part: &str| name.contains(part);
                    field.value = match () {
                        () if says("time") => "2:14 PM".to_owned(),
                        () if says("email") => "somebody@example.gov".to_owned(),
                        () if ["date", "day", "_on", "from", "until"].iter().any(|part| says(part)) => {
                            "03/02/2026".to_owned()
                        }
                        () => "Words.".to_owned(),
                    };
                }
                Kind::Select => field.value = field.offered.last().cloned().unwrap_or_default(),
                Kind::Box | Kind::Radio => field.on = true,
                Kind::Hidden | Kind::File => {}
            }
        }
        self
    }
}
