//! Files already stored that a form carries on while its conflict is settled: their particulars, signed.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::domain::document::Category;
use crate::domain::id::AccountId;

/// The length of a signature in hexadecimal.
const SIGNATURE: usize = 64;

/// A file that was stored for a form which could not be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptFile {
    pub(super) category: Category,
    pub(super) file_name: String,
    pub(super) sha256: String,
    pub(super) size: i64,
}

impl KeptFile {
    /// What the form carries: the particulars after their signature, which holds for this account alone.
    pub(super) fn token(&self, secret: &[u8], account: AccountId) -> String {
        let particulars = serde_json::to_string(self).expect("texts and numbers can be written as JSON");
        let signature = signing(secret, account, &particulars).finalize().into_bytes();
        let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        signature + &particulars
    }

    /// The file that a token names, if it was signed here for this account.
    pub(super) fn read(token: &str, secret: &[u8], account: AccountId) -> Option<Self> {
        let (signature, particulars) = token.split_at_checked(SIGNATURE)?;
        let signature: Option<Vec<u8>> = (0..SIGNATURE)
            .step_by(2)
            .map(|at| signature.get(at..at + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok()))
            .collect();
        signing(secret, account, particulars).verify_slice(&signature?).ok()?;
        serde_json::from_str(particulars).ok()
    }
}

fn signing(secret: &[u8], account: AccountId, particulars: &str) -> Hmac<Sha256> {
    let mut signing = Hmac::<Sha256>::new_from_slice(secret).expect("a key may have any length");
    signing.update(b"kept file\0");
    signing.update(account.0.as_bytes());
    signing.update(particulars.as_bytes());
    signing
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SECRET: &[u8] = b"a secret";
    const ACCOUNT: AccountId = AccountId(Uuid::from_u128(1));

    fn file() -> KeptFile {
        KeptFile {
            category: Category::ContractSupporting,
            file_name: "合同 \"1\".pdf".to_owned(),
            sha256: "ab".repeat(32),
            size: 7,
        }
    }

    #[test]
    fn a_token_comes_back_as_the_file_it_was_made_of() {
        let token = file().token(SECRET, ACCOUNT);
        assert_eq!(KeptFile::read(&token, SECRET, ACCOUNT), Some(file()));
    }

    #[test]
    fn a_token_of_somebody_else_or_of_another_secret_is_nothing() {
        let token = file().token(SECRET, ACCOUNT);
        assert_eq!(KeptFile::read(&token, SECRET, AccountId(Uuid::from_u128(2))), None);
        assert_eq!(KeptFile::read(&token, b"another", ACCOUNT), None);
    }

    #[test]
    fn a_token_that_was_changed_is_nothing() {
        let token = file().token(SECRET, ACCOUNT);
        assert_eq!(KeptFile::read(&token.replace("abab", "acab"), SECRET, ACCOUNT), None);
        assert_eq!(KeptFile::read(&token[1..], SECRET, ACCOUNT), None);
        assert_eq!(KeptFile::read(&format!("ž{}", &token[1..]), SECRET, ACCOUNT), None);
        assert_eq!(KeptFile::read("", SECRET, ACCOUNT), None);
    }
}
