//! `mc-review account add | change | deactivate | list`

use anyhow::Context;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Subcommand};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use super::say;
use crate::accounts::{self, Changed, Fields, KnownAccount, NewAccount};
use crate::domain::clock::{Clock, Moment};
use crate::domain::role::{Department, Role};
use crate::domain::text::{BAD_EMAIL, read_email};
use crate::history::Actor;

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add somebody.
    Add(New),
    /// Change what is given, leave the rest. Whoever leaves a department is taken off its reviews.
    Change(Box<Change>),
    /// Take away the right to sign in: ends every session and takes the person off all reviews.
    Deactivate {
        /// The email address of the account.
        account: String,
    },
    /// Show all accounts, one a line.
    List,
}

#[derive(Debug, Args)]
pub struct New {
    /// Their email address, unique, upper and lower case alike.
    email: String,
    /// Their given name.
    #[arg(long)]
    given_name: String,
    /// Their family name.
    #[arg(long)]
    family_name: String,
    /// Their role.
    #[arg(long, value_parser = roles())]
    role: Role,
    /// The state of a state user, for example MN.
    #[arg(long, value_parser = state_code)]
    state: Option<String>,
    /// The department of a reviewer or approver.
    #[arg(long, value_parser = departments())]
    department: Option<Department>,
    /// The CMS user id.
    #[arg(long)]
    eua: Option<String>,
}

#[derive(Debug, Args)]
pub struct Change {
    /// The email address of the account.
    account: String,
    /// Another email address.
    #[arg(long)]
    email: Option<String>,
    /// Their given name.
    #[arg(long)]
    given_name: Option<String>,
    /// Their family name.
    #[arg(long)]
    family_name: Option<String>,
    /// Another role; the state or department that does not go with it is dropped.
    #[arg(long, value_parser = roles())]
    role: Option<Role>,
    /// Another state, for a state user.
    #[arg(long, value_parser = state_code)]
    state: Option<String>,
    /// Another department, for a reviewer or approver.
    #[arg(long, value_parser = departments())]
    department: Option<Department>,
    /// The CMS user id.
    #[arg(long)]
    eua: Option<String>,
    /// Remove the CMS user id.
    #[arg(long, conflicts_with = "eua")]
    no_eua: bool,
    /// Whether the person may sign in.
    #[arg(long, action = ArgAction::Set)]
    active: Option<bool>,
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str))
        .try_map(|text| Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or("no such role"))
}

fn departments() -> impl TypedValueParser<Value = Department> {
    PossibleValuesParser::new(Department::ALL.map(Department::short_name)).try_map(|text| {
        Department::ALL.into_iter().find(|department| department.short_name() == text).ok_or("no such department")
    })
}

fn state_code(text: &str) -> Result<String, std::convert::Infallible> {
    Ok(text.trim().to_uppercase())
}

/// Does it, in one transaction.
pub async fn account(command: AccountCommand, db: &PgPool, clock: &Clock) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    match command {
        AccountCommand::Add(new) => add(&mut tx, clock, &new).await?,
        AccountCommand::Change(wanted) => {
            let known = find(&mut tx, &wanted.account).await?;
            let fields = (*wanted).applied_to(known.fields.clone());
            change(&mut tx, clock, &known, fields).await?;
        }
        AccountCommand::Deactivate { account } => {
            let known = find(&mut tx, &account).await?;
            let fields = Fields { active: false, ..known.fields.clone() };
            change(&mut tx, clock, &known, fields).await?;
        }
        AccountCommand::List => {
            let known = accounts::list(&mut tx, None).await?;
            say(listed(&known));
            return Ok(());
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn find(conn: &mut PgConnection, email: &str) -> anyhow::Result<KnownAccount> {
    let email = read_email(email).map_err(anyhow::Error::msg)?.context(BAD_EMAIL)?;
    let found = accounts::list(conn, Some(&email)).await?.pop();
    found.with_context(|| format!("There is no account {email}: `mc-review account list` shows all."))
}

async fn add(conn: &mut PgConnection, clock: &Clock, new: &New) -> anyhow::Result<()> {
    let email = read_email(&new.email).map_err(anyhow::Error::msg)?.context(BAD_EMAIL)?;
    let account = NewAccount {
        email: &email,
        given_name: &new.given_name,
        family_name: &new.family_name,
        role: new.role,
        state_code: new.state.as_deref(),
        department: new.department,
        eua: new.eua.as_deref(),
    };
    accounts::add(conn, clock, &Actor::product(), &account).await?;
    say(format_args!("Added {email}, {}.", new.role.as_str()));
    Ok(())
}

async fn change(conn: &mut PgConnection, clock: &Clock, known: &KnownAccount, wanted: Fields) -> anyhow::Result<()> {
    let Changed { fields, handed_back } = accounts::change(conn, clock, &Actor::product(), known, wanted).await?;
    if fields.is_empty() {
        say(format_args!("Nothing to change: {} is so already.", known.fields.email));
        return Ok(());
    }
    say(format_args!("Changed {}:", known.fields.email));
    for (name, values) in &fields {
        let words = |value: &Value| match value {
            Value::Null => "none".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        say(format_args!("  {}: {} -> {}", name.replace('_', " "), words(&values[0]), words(&values[1])));
    }
    if !handed_back.is_empty() {
        let keys: Vec<String> = handed_back.iter().map(ToString::to_string).collect();
        say(format_args!("Taken off the reviews of {}.", keys.join(", ")));
    }
    Ok(())
}

impl Change {
    fn applied_to(self, mut fields: Fields) -> Fields {
        if let Some(role) = self.role {
            fields.take_role(role);
        }
        let set = |field: &mut String, wanted: Option<String>| *field = wanted.unwrap_or(std::mem::take(field));
        set(&mut fields.email, self.email);
        set(&mut fields.given_name, self.given_name);
        set(&mut fields.family_name, self.family_name);
        fields.state = self.state.or(fields.state);
        fields.department = self.department.or(fields.department);
        fields.eua = self.eua.or(fields.eua).filter(|_| !self.no_eua);
        fields.active = self.active.unwrap_or(fields.active);
        fields
    }
}

/// The accounts as a table, its columns as wide as what stands in them.
fn listed(accounts: &[KnownAccount]) -> String {
    const HEADINGS: [&str; 7] = ["Email", "Name", "Role", "Place", "EUA", "Active", "Last sign-in"];
    let mut lines = vec![HEADINGS.map(str::to_owned)];
    lines.extend(accounts.iter().map(|KnownAccount { fields, last_signed_in_at, .. }| {
        [
            fields.email.clone(),
            format!("{} {}", fields.given_name, fields.family_name),
            fields.role.as_str().to_owned(),
            fields
                .department
                .map(|department| department.short_name().to_owned())
                .or(fields.state.clone())
                .unwrap_or_default(),
            fields.eua.clone().unwrap_or_default(),
            if fields.active { "yes" } else { "no" }.to_owned(),
            last_signed_in_at.map_or_else(|| "never".to_owned(), |at| Moment(at).to_string()),
        ]
    }));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 7] = std::array::from_fn(width);
    let padded = lines.iter().map(|line| {
        let cells: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    });
    padded.collect::<Vec<_>>().join("\n")
}
