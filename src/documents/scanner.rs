//! The virus scanner: clamd, spoken to over its own protocol; or nobody, where nothing real is kept.

use std::path::PathBuf;
use std::pin::pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::domain::document::ScanResult;

/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(5);
/// How long one check may take; shorter than the lease of whoever makes it.
const PATIENCE: Duration = Duration::from_secs(4 * 60);
/// An answer is one line.
const MOST_ANSWER: u64 = 4096;

/// Who looks for viruses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// clamd at a host and port: `127.0.0.1:3310`.
    Tcp(String),
    /// clamd at a socket on this machine.
    Unix(PathBuf),
    /// Nobody: every content counts as clean. Only where nothing real is kept.
    Nobody,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nothing was found.
    Clean,
    /// A virus of this name was found.
    Infected(String),
    /// The scanner does not take this content, however often it is asked.
    Refused(String),
    /// The check began and did not end; it may do so the next time.
    Broken(String),
    /// Scanner or file store are away, which says nothing about the content.
    Away(String),
}

impl FromStr for Scanner {
    type Err = String;

    fn from_str(address: &str) -> Result<Self, String> {
        if let Some(path) = address.strip_prefix("unix:") {
            return if path.is_empty() { Err(no_address(address)) } else { Ok(Self::Unix(path.into())) };
        }
        let port = address.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
        if matches!(port, Some(Ok(1..))) { Ok(Self::Tcp(address.to_owned())) } else { Err(no_address(address)) }
    }
}

fn no_address(given: &str) -> String {
    format!("the address of clamd is host:port or unix:/path; it is {given:?}")
}

impl Scanner {
    /// How content that was never seen before begins.
    pub fn beginning(&self) -> ScanResult {
        if *self == Self::Nobody { ScanResult::Clean } else { ScanResult::Pending }
    }

    /// Checks a stored content of this length.
    pub(super) async fn check(&self, files: &Arc<dyn ObjectStore>, place: &Path, size: u64) -> Finding {
        let connected = match self {
            Self::Nobody => return Finding::Clean,
            Self::Tcp(address) => timeout(CONNECTING, TcpStream::connect(address)).await.map(|tcp| tcp.map(boxed)),
            Self::Unix(path) => timeout(CONNECTING, UnixStream::connect(path)).await.map(|unix| unix.map(boxed)),
        };
        let connection = match connected {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Finding::Away(format!("clamd can't be reached: {error}")),
            Err(_) => return Finding::Away("clamd can't be reached: it does not answer".to_owned()),
        };
        let stored = match files.get(place).await {
            Ok(stored) if stored.meta.size == size => stored,
            Ok(_) => return Finding::Broken("the stored content has another length".to_owned()),
            Err(object_store::Error::NotFound { .. }) => {
                return Finding::Broken("the content is not in the file store".to_owned());
            }
            Err(error) => return Finding::Away(format!("the file store is away: {error}")),
        };
        match timeout(PATIENCE, converse(connection, stored.into_stream())).await {
            Ok(finding) => finding,
            Err(_) => Finding::Broken("clamd did not come to an end".to_owned()),
        }
    }
}

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

fn boxed(connection: impl Connection + 'static) -> Box<dyn Connection> {
    Box::new(connection)
}

/// Sends the content and reads the answer. clamd answers before the end, and hangs up, once it has had too much.
async fn converse(
    connection: Box<dyn Connection>,
    content: impl Stream<Item = object_store::Result<Bytes>>,
) -> Finding {
    let (reader, mut writer) = split(connection);
    let mut answering = pin!(answer(reader));
    let (whole, answer) = tokio::select! {
        answer = &mut answering => (false, answer),
        sent = send(&mut writer, content) => match sent {
            Ok(()) => (true, answering.await),
            Err(Trouble::Connection(_)) => (false, answering.await),
            Err(Trouble::Store(error)) => return Finding::Away(format!("the file store is away: {error}")),
        },
    };
    match answer {
        Ok(answer) => finding(whole, &answer),
        Err(error) => Finding::Broken(format!("the connection to clamd was cut: {error}")),
    }
}

/// Why the content could not be sent whole.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Connection(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] object_store::Error),
}

/// The command, then each piece after its length; a length of nothing ends it.
async fn send(
    writer: &mut (impl AsyncWrite + Unpin),
    content: impl Stream<Item = object_store::Result<Bytes>>,
) -> Result<(), Trouble> {
    writer.write_all(b"zINSTREAM\0").await?;
    let mut content = pin!(content);
    while let Some(piece) = content.next().await {
        let piece = piece?;
        let Ok(length @ 1..) = u32::try_from(piece.len()) else { continue };
        writer.write_all(&length.to_be_bytes()).await?;
        writer.write_all(&piece).await?;
    }
    writer.write_all(&0_u32.to_be_bytes()).await?;
    Ok(writer.flush().await?)
}

async fn answer(reader: impl AsyncRead + Unpin) -> std::io::Result<String> {
    let mut answer = Vec::new();
    reader.take(MOST_ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).trim_matches(['\0', '\n', ' ']).to_owned())
}

/// What an answer means. That nothing was found counts only if the `whole` content had been sent.
fn finding(whole: bool, answer: &str) -> Finding {
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    if let Some(virus) = said.strip_suffix(" FOUND") {
        Finding::Infected(virus.to_owned())
    } else if said == "OK" && whole {
        Finding::Clean
    } else if said.ends_with("size limit exceeded. ERROR") {
        Finding::Refused("it is larger than clamd takes (StreamMaxLength)".to_owned())
    } else if said.is_empty() {
        Finding::Broken("the connection to clamd was cut".to_owned())
    } else {
        Finding::Broken(format!("clamd said: {said}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_with_its_port_or_a_socket() {
        assert_eq!("127.0.0.1:3310".parse(), Ok(Scanner::Tcp("127.0.0.1:3310".to_owned())));
        assert_eq!("[::1]:3310".parse(), Ok(Scanner::Tcp("[::1]:3310".to_owned())));
        assert_eq!("unix:/run/clamd.ctl".parse(), Ok(Scanner::Unix("/run/clamd.ctl".into())));
        for wrong in ["", "unix:", "clamd", ":3310", "clamd:0", "clamd:x"] {
            assert!(wrong.parse::<Scanner>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_answer_counts_as_clean_only_after_the_whole_content() {
        assert_eq!(finding(true, "stream: OK"), Finding::Clean);
        assert!(matches!(finding(false, "stream: OK"), Finding::Broken(_)));
        assert_eq!(finding(false, "stream: Eicar FOUND"), Finding::Infected("Eicar".to_owned()));
        assert!(matches!(finding(false, "INSTREAM size limit exceeded. ERROR"), Finding::Refused(_)));
        assert!(matches!(finding(true, "stream: Can't allocate memory ERROR"), Finding::Broken(_)));
        assert!(matches!(finding(true, ""), Finding::Broken(_)));
    }
}
