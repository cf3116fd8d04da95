//! The documents of the invented world: a few dozen contents that many submissions share, so that storage stays small.

use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::stream;
use object_store::ObjectStore;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sqlx::PgPool;

use super::answers::one_of;
use super::{pdf, words};
use crate::documents::{Document, ReceivedFile, Storage, StoredBlob, receive};
use crate::domain::clock::Clock;
use crate::domain::document::{Category, ScanResult};

/// So many different contracts there are.
const CONTRACTS: u64 = 24;
/// And so many different supporting documents.
const SUPPORTING: u64 = 16;

/// And so many different rate certifications, behind the others.
const CERTIFICATIONS: u64 = 12;
const FIRST_CERTIFICATION: u64 = CONTRACTS + SUPPORTING;

/// What was stored of each category.
#[derive(Debug)]
pub struct Library {
    contracts: Vec<StoredBlob>,
    supporting: Vec<StoredBlob>,
    certifications: Vec<StoredBlob>,
}

impl Library {
    /// Stores the contents, as if somebody had uploaded them. Those that are there stay.
    ///
    /// # Errors
    /// When file store or database are away.
    pub async fn stock(db: &PgPool, files: &Arc<dyn ObjectStore>, clock: &Clock) -> anyhow::Result<Self> {
        let mut library = Self { contracts: Vec::new(), supporting: Vec::new(), certifications: Vec::new() };
        // What we made up ourselves need not be checked.
        let storage = Storage { files, db, clock, beginning: ScanResult::Clean };
        for number in 0..CONTRACTS + SUPPORTING + CERTIFICATIONS {
            let (category, list) = match number {
                0..CONTRACTS => (Category::Contract, &mut library.contracts),
                CONTRACTS..FIRST_CERTIFICATION => (Category::ContractSupporting, &mut library.supporting),
                _ => (Category::RateCertification, &mut library.certifications),
            };
            let content = content(&mut StdRng::seed_from_u64(number), category, number);
            let given = stream::iter([Ok(Bytes::from(content))]);
            let received = receive(storage, category, "document.pdf", given).await?;
            let blob = received.outcome.map_err(|problem| anyhow::anyhow!("an invented document: {problem:?}"))?;
            list.push(blob);
        }
        Ok(library)
    }

    /// The files that go with a submission: one or two contracts, often something in support.
    pub fn files(&self, rng: &mut StdRng, state_code: &str, program: &str) -> Vec<ReceivedFile> {
        let contracts = if rng.random_bool(0.8) { 1 } else { 2 };
        let supporting = rng.random_range(0..=3);
        let mut files = Vec::new();
        for (number, blob) in self.contracts.sample(rng, contracts).enumerate() {
            let part = if contracts == 1 { String::new() } else { format!(" part {}", number + 1) };
            files.push(used(Category::Contract, format!("{state_code} {program} contract{part}.pdf"), blob));
        }
        let names: Vec<&str> = words::SUPPORTING.sample(rng, supporting).copied().collect();
        for (name, blob) in names.iter().zip(self.supporting.sample(rng, supporting)) {
            files.push(used(Category::ContractSupporting, format!("{name} {program}.pdf"), blob));
        }
        files
    }
}

impl Library {
    /// The files that go with a rate: its certification, and often something in support.
    pub fn rate_files(&self, rng: &mut StdRng, name: &str) -> Vec<ReceivedFile> {
        let certification = self.certifications.sample(rng, 1);
        let mut files: Vec<_> =
            certification.map(|blob| used(Category::RateCertification, format!("{name}.pdf"), blob)).collect();
        let supporting = rng.random_range(0..=2);
        files.extend(
            self.supporting
                .sample(rng, supporting)
                .enumerate()
                .map(|(number, blob)| used(Category::RateSupporting, format!("Rate exhibit {}.pdf", number + 1), blob)),
        );
        files
    }

    /// A file of another content than these, under this name; none when all are taken.
    pub fn another(
        &self,
        rng: &mut StdRng,
        category: Category,
        name: String,
        taken: &[Document],
    ) -> Option<ReceivedFile> {
        let contents = match category {
            Category::Contract => &self.contracts,
            Category::RateCertification => &self.certifications,
            _ => &self.supporting,
        };
        let free = contents.iter().filter(|blob| taken.iter().all(|document| document.sha256 != blob.sha256));
        let free: Vec<&StoredBlob> = free.collect();
        free.choose(rng).map(|blob| used(category, name, blob))
    }
}

fn used(category: Category, file_name: String, blob: &StoredBlob) -> ReceivedFile {
    ReceivedFile { category, file_name, outcome: Ok(blob.clone()) }
}

fn content(rng: &mut StdRng, category: Category, number: u64) -> Vec<u8> {
    let plan = one_of(rng, words::PLANS);
    let heading = match category {
        Category::Contract => format!("Managed care contract with {plan}"),
        Category::RateCertification => format!("Actuarial certification of the rates of {plan}"),
        _ => format!("{}, {plan}", one_of(rng, words::SUPPORTING)),
    };
    let mut lines = vec![format!("Invented for demonstration, number {number}."), String::new()];
    for section in 1..=12 {
        let region = one_of(rng, words::REGIONS);
        let counties = rng.random_range(2..30);
        lines.push(format!("{section}. The plan serves {counties} counties of the {region} part of the state."));
    }
    pdf::page(&heading, &lines)
}
