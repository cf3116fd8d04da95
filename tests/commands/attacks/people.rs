//! Who attacks, and how; and the one who only wants to work.

use std::sync::Arc;
use std::time::Duration;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use sqlx::PgPool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::killed::token;

/// How long somebody waits for a page before they take it for lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many connections a flood has.
const FLOOD: usize = 8;

/// Somebody signed in.
pub struct Person {
    address: String,
    client: Client,
    cookie: String,
    csrf: String,
}

impl Person {
    pub async fn sign_in(address: &str, db: &PgPool, name: &str) -> Self {
        let account: Uuid = sqlx::query_scalar("select id from account where email like $1 || '@%'")
            .bind(name)
            .fetch_one(db)
            .await
            .unwrap();
        Self::of(address, account).await
    }

    async fn of(address: &str, account: Uuid) -> Self {
        let jar = Arc::new(Jar::default());
        let client = Client::builder().cookie_provider(Arc::clone(&jar)).redirect(Policy::none()).build().unwrap();
        let page = client.get(format!("{address}/sign-in")).send().await.unwrap().text().await.unwrap();
        let form = [("csrf", token(&page)), ("account", account.to_string())];
        assert_eq!(client.post(format!("{address}/sign-in")).form(&form).send().await.unwrap().status(), 303);
        let page = client.get(format!("{address}/account")).send().await.unwrap().text().await.unwrap();
        let cookies = jar.cookies(&address.parse::<Url>().unwrap()).expect("whoever is signed in has a cookie");
        let cookie = cookies.to_str().unwrap().to_owned();
        Self { address: address.to_owned(), client, cookie, csrf: token(&page) }
    }

    /// Opens the list of what Texas has sent.
    pub async fn sees_the_list(&self) {
        let opening = async {
            let answer =
                self.client.get(format!("{}/submissions?status=any&state=TX", self.address)).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.text().await.unwrap()
        };
        let page = timeout(PATIENCE, opening).await.expect("the page comes");
        assert!(page.contains("<tbody"));
    }
}

impl Person {
    /// Opens a document, for which the file store is needed; its beginning is enough.
    pub async fn opens_a_document(&self, id: Uuid) {
        let opening = async {
            let mut answer = self.client.get(format!("{}/documents/{id}", self.address)).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.chunk().await.unwrap()
        };
        assert!(timeout(PATIENCE, opening).await.expect("the document comes").is_some());
    }
}

/// So many people of CMS.
pub async fn of_cms(address: &str, db: &PgPool, count: i64) -> Vec<Person> {
    let accounts: Vec<Uuid> =
        sqlx::query_scalar("select id from account where role <> 'state_user' and active and email not like 'owen.park@%' order by email limit $1")
            .bind(count)
            .fetch_all(db)
            .await
            .unwrap();
    let mut people = Vec::new();
    for account in accounts {
        people.push(Person::of(address, account).await);
    }
    people
}

/// Somebody who tries to stop everybody.
pub struct Attacker {
    host: String,
    /// A submission that was sent, and a draft.
    sent: String,
    draft: String,
}

impl Attacker {
    pub async fn of(address: &str, db: &PgPool) -> Self {
        let sent = "select r.state_code || '-' || to_char(r.number, 'FM0000')
             from contract_submission s join contract_review r on r.id = s.contract_review_id
             join document d on d.contract_submission_id = s.id
            where s.submitted_at is not null and s.revision = 1 limit 1";
        let draft = "select r.state_code || '-' || to_char(r.number, 'FM0000')
             from contract_submission s join contract_review r on r.id = s.contract_review_id
            where r.state_code = 'MN' and r.deleted_at is null and s.submitted_at is null and s.discarded_at is null limit 1";
        Self {
            host: address.trim_start_matches("http://").to_owned(),
            sent: sqlx::query_scalar(sent).fetch_one(db).await.unwrap(),
            draft: sqlx::query_scalar(draft).fetch_one(db).await.unwrap(),
        }
    }

    fn asking(&self, path: &str, cookie: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n", self.host)
    }

    /// Asks for an archive on many connections, and reads nothing but what the first is answered.
    pub async fn archives_unread(&self, attack: &mut JoinSet<()>, by: &Person, connections: usize) {
        let path = format!("/submissions/{}/versions/1/documents.zip", self.sent);
        let mut first = connected(&self.host, &self.asking(&path, &by.cookie)).await.expect("the server is there");
        let mut status = [0; 12];
        first.read_exact(&mut status).await.expect("the first is answered");
        assert_eq!(&status, b"HTTP/1.1 200", "there is something to attack with");
        attack.spawn(async move {
            let _first = first;
            std::future::pending::<()>().await;
        });
        for _ in 1..connections {
            let (host, asked) = (self.host.clone(), self.asking(&path, &by.cookie));
            attack.spawn(async move {
                let Some(_connection) = connected(&host, &asked).await else { return };
                std::future::pending::<()>().await;
            });
        }
    }

    /// Each of these people exports everything thrice, and takes it by a few bytes at a time.
    pub fn exports_dripping(&self, attack: &mut JoinSet<()>, by: &[Person]) {
        for person in by {
            for format in ["csv", "xlsx", "csv"] {
                let asked = self.asking(&format!("/submissions.{format}?status=any"), &person.cookie);
                let host = self.host.clone();
                attack.spawn(async move {
                    let Some(mut connection) = connected(&host, &asked).await else { return };
                    let mut few = [0; 16];
                    while connection.read(&mut few).await.is_ok_and(|read| read > 0) {
                        sleep(Duration::from_millis(200)).await;
                    }
                });
            }
        }
    }

    /// Sends forms byte by byte on many connections, without ever having signed in.
    pub fn forms_dripping(&self, attack: &mut JoinSet<()>, connections: usize) {
        let form = format!(
            "POST /sign-in HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n",
            self.host
        );
        for _ in 0..connections {
            drip(attack, self.host.clone(), form.clone());
        }
    }

    /// Sends files byte by byte.
    pub fn uploads_dripping(&self, attack: &mut JoinSet<()>, by: &Person) {
        let part = |name: &str, value: &str| {
            format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let form = format!(
            "POST /submissions/{}/edit/contract HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: multipart/form-data; \
             boundary=xx\r\nContent-Length: 50000000\r\n\r\n{}{}--xx\r\nContent-Disposition: form-data; \
             name=\"documents.contract\"; filename=\"annex.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\n",
            self.draft,
            self.host,
            by.cookie,
            part("csrf", &by.csrf),
            part("action", "upload"),
        );
        for _ in 0..64 {
            drip(attack, self.host.clone(), form.clone());
        }
    }

    /// Opens the page for signing in, as fast as it comes.
    pub fn sign_ins(&self, attack: &mut JoinSet<()>) {
        self.flood(attack, &format!("GET /sign-in HTTP/1.1\r\nHost: {}\r\n\r\n", self.host));
    }

    /// Searches, as fast as answers come.
    pub fn searches(&self, attack: &mut JoinSet<()>, by: &Person) {
        self.flood(attack, &self.asking("/submissions?q=contract", &by.cookie));
    }

    fn flood(&self, attack: &mut JoinSet<()>, asked: &str) {
        for _ in 0..FLOOD {
            let (host, asked) = (self.host.clone(), asked.to_owned());
            attack.spawn(async move {
                loop {
                    let Some(mut connection) = connected(&host, &asked).await else { return };
                    let mut answers = [0; 16 * 1024];
                    // Whatever of an answer has come, the next is asked for.
                    while connection.read(&mut answers).await.is_ok_and(|read| read > 0)
                        && connection.write_all(asked.as_bytes()).await.is_ok()
                    {}
                }
            });
        }
    }
}

/// A connection on which something was asked for.
async fn connected(host: &str, asked: &str) -> Option<TcpStream> {
    let mut connection = TcpStream::connect(host).await.ok()?;
    connection.write_all(asked.as_bytes()).await.ok()?;
    Some(connection)
}

/// Sends the beginning of a form, and a byte every half second for as long as they are taken.
fn drip(attack: &mut JoinSet<()>, host: String, form: String) {
    attack.spawn(async move {
        let Some(mut connection) = connected(&host, &form).await else { return };
        while connection.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(500)).await;
        }
    });
}
