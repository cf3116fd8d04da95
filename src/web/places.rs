//! How many of something go on at the same time, for one person and in the whole process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{Stream, StreamExt};

use super::error::{Error, Result};
use crate::domain::id::AccountId;

/// How long somebody is asked to wait who finds no place: it is not known when one is free.
const WAIT: u64 = 10;

/// So many places there are.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce {
    /// For one account.
    pub each: usize,
    /// In the whole process.
    pub all: usize,
    /// What is said to whoever has all of theirs.
    pub refused: &'static str,
    /// What is said when others have them all.
    pub full: &'static str,
}

/// Places that are taken and given back. Clones are the same.
#[derive(Clone, Debug)]
pub struct Places {
    at_once: AtOnce,
    taken: Arc<Mutex<HashMap<AccountId, usize>>>,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    of: Places,
    account: AccountId,
}

impl Places {
    /// All of them, free.
    pub fn new(at_once: AtOnce) -> Self {
        Self { at_once, taken: Arc::default() }
    }

    /// Takes a place for an account.
    ///
    /// # Errors
    /// [`Error::TooMany`] where none is free.
    pub fn take(&self, account: AccountId) -> Result<Place> {
        let mut taken = self.taken();
        let refused = if taken.get(&account).is_some_and(|own| *own >= self.at_once.each) {
            Some(self.at_once.refused)
        } else {
            (taken.values().sum::<usize>() >= self.at_once.all).then_some(self.at_once.full)
        };
        if let Some(sentence) = refused {
            return Err(Error::TooMany { retry_after: WAIT, sentence });
        }
        *taken.entry(account).or_default() += 1;
        drop(taken);
        Ok(Place { of: self.clone(), account })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        if let Some(own) = taken.get_mut(&self.account) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.account);
            }
        }
    }
}

/// A body that keeps its place until it was read to its end or is dropped.
pub fn holding<Item>(place: Place, body: impl Stream<Item = Item>) -> impl Stream<Item = Item> {
    body.map(move |piece| {
        let _held = &place;
        piece
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_has_more_places_than_their_own_and_all_not_more_than_there_are() {
        let places = Places::new(AtOnce { each: 2, all: 3, refused: "yours", full: "all" });
        let [one, other] = [1, 2].map(|number| AccountId(Uuid::from_u128(number)));
        let refused = |account| match places.take(account) {
            Err(Error::TooMany { sentence, .. }) => sentence,
            taken => panic!("{taken:?}"),
        };
        let first = places.take(one).unwrap();
        let _second = places.take(one).unwrap();
        assert_eq!(refused(one), "yours");
        let _third = places.take(other).unwrap();
        assert_eq!(refused(other), "all");
        drop(first);
        places.take(other).unwrap();
        assert_eq!(places.taken().len(), 2, "who has none is forgotten");
    }
}
