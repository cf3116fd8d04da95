//! What all stories need: who acts, what is uploaded, when the world ends, and dice.

use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;

use super::cast::Cast;
use super::library::Library;

/// What all stories need.
#[derive(Debug)]
pub struct Stage {
    /// Who acts.
    pub cast: Cast,
    /// What is uploaded.
    pub library: Library,
    /// When the world ends.
    pub now: OffsetDateTime,
    /// What the dice begin with.
    pub seed: u64,
}

impl Stage {
    /// Dice of their own for one thing of a state, so that the order of loading does not matter.
    pub fn dice(&self, state_code: &str, thing: u64) -> StdRng {
        let place = state_code.bytes().fold(0_u64, |place, letter| place << 8 | u64::from(letter));
        StdRng::seed_from_u64(self.seed ^ place << 48 ^ thing.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
