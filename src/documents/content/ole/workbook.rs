//! Whether a workbook of Excel up to 2003 is locked by a password: by the record behind its first one (MS-XLS, 2.4.117).

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};

use super::super::{Verdict, u16_at};
use crate::documents::file_type::FileType;

/// The records that a workbook begins with, in the versions of Excel that made such files.
const BEGINNINGS: [u16; 4] = [0x0809, 0x0409, 0x0209, 0x0009];
const FILE_PASS: u16 = 0x002F;
/// So many records are looked at: one that locks the workbook is among the first, since all behind it is encrypted.
const FIRST: usize = 16;
/// With this password Excel encrypts a workbook whose structure is protected, and opens it without asking.
const NO_PASSWORD: &str = "VelvetSweatshop";

/// What a stream is that begins like this.
pub(super) fn judge(start: &[u8]) -> Verdict {
    let mut records = Records(start);
    match records.next() {
        Some((kind, _)) if BEGINNINGS.contains(&kind) => {}
        _ => return Verdict::Unknown,
    }
    let lock = records.take(FIRST).find(|(kind, _)| *kind == FILE_PASS);
    let opens = lock.is_none_or(|(_, content)| opens_without_password(content).unwrap_or(false));
    if opens { Verdict::Is(FileType::Xls) } else { Verdict::Locked }
}

/// Each record with its kind.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (u16_at(self.0, 0)?, usize::from(u16_at(self.0, 2)?));
        let content = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, content))
    }
}

/// Whether the password that Excel does not ask for fits (MS-OFFCRYPTO, 2.3.6), with the encryption that it used for this.
fn opens_without_password(lock: &[u8]) -> Option<bool> {
    if [u16_at(lock, 0)?, u16_at(lock, 2)?, u16_at(lock, 4)?] != [1, 1, 1] {
        return Some(false);
    }
    let (salt, mut verifier) = (lock.get(6..22)?, *lock.get(22..)?.first_chunk::<32>()?);
    let password: Vec<u8> = NO_PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let salted = [&Md5::digest(password)[..5], salt].concat().repeat(16);
    let key = Md5::digest([&Md5::digest(salted)[..5], &[0; 4]].concat());
    Rc4::new_from_slice(&key).expect("the key has 16 bytes").apply_keystream(&mut verifier);
    Some(Md5::digest(&verifier[..16])[..] == verifier[16..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workbook with this lock.
    fn locked(lock: &[u8]) -> Vec<u8> {
        let length = u16::try_from(lock.len()).unwrap().to_le_bytes();
        let beginning = [0x09, 0x08, 4, 0, 0, 6, 5, 0, 0x86, 0, 0, 0, 0x2F, 0];
        [&beginning[..], &length, lock, &[0xE1, 0, 2, 0, 0xB0, 4]].concat()
    }

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        let digits: Vec<char> = hexadecimal.chars().collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap()).collect()
    }

    #[test]
    fn a_workbook_is_locked_unless_excel_opens_it_without_asking() {
        assert_eq!(judge(&locked(&[0, 0, 1, 2, 3, 4])), Verdict::Locked);
        let by_default = bytes(BY_DEFAULT);
        assert_eq!(judge(&locked(&by_default)), Verdict::Is(FileType::Xls));
        let mut by_another = by_default;
        by_another[10] ^= 1;
        assert_eq!(judge(&locked(&by_another)), Verdict::Locked);
        assert_eq!(judge(&locked(&[1, 0, 1, 0, 1, 0, 7])), Verdict::Locked, "cut off");
        assert_eq!(judge(&locked(&[1, 0, 2, 0, 2, 0, 7])), Verdict::Locked, "a later encryption");
    }

    #[test]
    fn what_begins_otherwise_is_no_workbook() {
        assert_eq!(judge(&[]), Verdict::Unknown);
        assert_eq!(judge(&[7; 40]), Verdict::Unknown);
    }

    /// A lock with the password that Excel does not ask for.
    const BY_DEFAULT: &str =
        "010001000100000102030405060708090a0b0c0d0e0f01fd4e05dc6e0e72fcc4b72175686883ded643a3b989170bc6e163b5debaf714";
}
