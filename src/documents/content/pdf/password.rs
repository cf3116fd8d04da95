//! Whether a PDF with encryption opens without a password: whether the user password is the empty one (ISO 32000-1, 7.6.3 and
//! ISO 32000-2, 7.6.4). Whoever has it reads the file; the owner password only limits what readers may do with it.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};
use sha2::{Sha256, Sha384, Sha512};

use super::objects::{Dictionary, Object};

/// What a password is filled up with.
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// Whether the empty password opens a file with this encryption dictionary and this first part of its identifier. False for
/// encryption that goes by something else than passwords, such as certificates.
pub(super) fn opens_without_password(encryption: &Dictionary, id: &[u8]) -> bool {
    if !encryption.is_named("Filter", "Standard") {
        return false;
    }
    match encryption.integer("R") {
        Some(revision @ 2..=4) => opens_with_md5(encryption, id, revision).unwrap_or(false),
        Some(revision @ 5..=6) => opens_with_sha(encryption, revision).unwrap_or(false),
        _ => false,
    }
}

fn opens_with_md5(encryption: &Dictionary, id: &[u8], revision: i64) -> Option<bool> {
    let (owner, user) = (encryption.string("O")?.get(..32)?, encryption.string("U")?);
    let permissions = encryption.integer("P")?.to_le_bytes();
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(owner);
    hash.update(&permissions[..4]);
    hash.update(id);
    if revision == 4 && encryption.get("EncryptMetadata") == Some(&Object::False) {
        hash.update([0xFF; 4]);
    }
    let key: [u8; 16] = hash.finalize().into();
    if revision == 2 {
        return Some(rc4(&key[..5], PADDING.to_vec()) == user.get(..32)?);
    }
    // Files are not of one mind about where the length of the key stands, and it can't fit by chance.
    let said = encryption.natural("Length").and_then(|bits| usize::try_from(bits / 8).ok()).unwrap_or(5);
    let mut lengths = [said, 16, 5].into_iter().filter(|length| (5..=16).contains(length));
    let user = user.get(..16)?;
    Some(lengths.any(|length| user_entry(key, length, id) == user))
}

/// What `U` begins with if the user password is empty, from revision 3 on.
fn user_entry(mut key: [u8; 16], length: usize, id: &[u8]) -> Vec<u8> {
    for _ in 0..50 {
        key = Md5::digest(&key[..length]).into();
    }
    let key = &key[..length];
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(id);
    let entry = hash.finalize().to_vec();
    (0..20_u8).fold(entry, |entry, turn| {
        let key: Vec<u8> = key.iter().map(|byte| byte ^ turn).collect();
        rc4(&key, entry)
    })
}

fn rc4(key: &[u8], mut bytes: Vec<u8>) -> Vec<u8> {
    let mut cipher = Rc4::new_from_slice(key).expect("keys have 5 to 16 bytes");
    cipher.apply_keystream(&mut bytes);
    bytes
}

fn opens_with_sha(encryption: &Dictionary, revision: i64) -> Option<bool> {
    let user = encryption.string("U")?;
    let (expected, salt) = (user.get(..32)?, user.get(32..40)?);
    let hash = Sha256::digest(salt).into();
    let hash = if revision == 5 { hash } else { hardened(hash) };
    Some(hash == expected)
}

/// The hash of revision 6 (ISO 32000-2, algorithm 2.B) for an empty password.
fn hardened(first: [u8; 32]) -> [u8; 32] {
    let mut key = first.to_vec();
    let mut round = 0;
    loop {
        let encrypted = cbc(&key, key.repeat(64));
        let sum: u32 = encrypted[..16].iter().map(|byte| u32::from(*byte)).sum();
        key = match sum % 3 {
            0 => Sha256::digest(&encrypted).to_vec(),
            1 => Sha384::digest(&encrypted).to_vec(),
            _ => Sha512::digest(&encrypted).to_vec(),
        };
        round += 1;
        let last = encrypted.last().copied().map_or(0, u32::from);
        if round >= 64 && last + 32 <= round {
            return *key.first_chunk().expect("each of these hashes has 32 bytes or more");
        }
    }
}

/// AES-128 in CBC mode without padding; the first 16 bytes of `key` are the key, the next 16 the initialization vector.
fn cbc(key: &[u8], mut bytes: Vec<u8>) -> Vec<u8> {
    let cipher = Aes128::new_from_slice(&key[..16]).expect("the key has 16 bytes");
    let mut before: [u8; 16] = *key[16..].first_chunk().expect("hashes have 32 bytes or more");
    for block in bytes.as_chunks_mut::<16>().0 {
        block.iter_mut().zip(before).for_each(|(byte, other)| *byte ^= other);
        let mut encrypted = (*block).into();
        cipher.encrypt_block(&mut encrypted);
        *block = encrypted.into();
        before = *block;
    }
    bytes
}
