//! Where the objects of a PDF stand: its tables of cross-references, in either of their forms (ISO 32000-1, 7.5.4 and 7.5.8).

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

use flate2::read::ZlibDecoder;

use super::super::read_at;
use super::objects::{Dictionary, Parser};

/// How much is read at first of what is rarely longer, and then.
const WINDOWS: [u64; 2] = [4 * 1024, 512 * 1024];
/// The heading of a part of a table, or the word behind the last one.
const HEADING: u64 = 64;
/// The length of an entry of a table.
const ENTRY: u64 = 20;
/// So many parts of a table, and so many tables, are looked at.
const MOST: usize = 5_000;

/// A table, with the dictionary that ends it.
pub(super) struct Section {
    pub(super) trailer: Dictionary,
    place: Place,
}

enum Place {
    /// Parts: the number of their first object, how many they have, and where their first entry stands.
    Table(Vec<(u64, u64, u64)>),
    /// Where the content of a stream begins.
    Stream(u64),
}

/// A file, read by its tables. The places that it names count from its header, of which some have something before it.
pub(super) struct Sections<'f, F> {
    pub(super) file: &'f mut F,
    pub(super) header: u64,
}

impl<F: Read + Seek> Sections<'_, F> {
    /// The table at a place.
    pub(super) fn section(&mut self, at: u64) -> Option<Section> {
        let at = at.checked_add(self.header)?;
        let heading = self.up_to(at, HEADING)?;
        let mut parser = Parser::new(&heading);
        if parser.word("xref") { self.table(at + parser.at() as u64) } else { self.stream(at) }
    }

    fn table(&mut self, mut at: u64) -> Option<Section> {
        let mut parts = Vec::new();
        while parts.len() < MOST {
            let heading = self.up_to(at, HEADING)?;
            let mut parser = Parser::new(&heading);
            if parser.word("trailer") {
                let trailer = self.parsed(at + parser.at() as u64, |parser| parser.dictionary())?;
                return Some(Section { trailer, place: Place::Table(parts) });
            }
            let (first, count) = (parser.natural()?, parser.natural()?);
            parser.skip_space();
            let entries = at + parser.at() as u64;
            parts.push((first, count, entries));
            at = entries.checked_add(count.checked_mul(ENTRY)?)?;
        }
        None
    }

    fn stream(&mut self, at: u64) -> Option<Section> {
        let (trailer, length) = self.parsed(at, |parser| {
            let trailer = numbered(parser)?;
            parser.word("stream").then(|| (trailer, parser.at() as u64))
        })?;
        let after = self.up_to(at + length, 2)?;
        let line_end = if after.starts_with(b"\r\n") { 2 } else { 1 };
        trailer.is_named("Type", "XRef").then_some(Section { trailer, place: Place::Stream(at + length + line_end) })
    }

    /// The dictionary of an object, looked for in a table and in those before it.
    pub(super) fn object(&mut self, newest: Section, number: u64) -> Option<Dictionary> {
        let mut seen = HashSet::new();
        let mut left = vec![newest];
        while let Some(section) = left.pop() {
            if let Some(at) = self.place_of(&section, number) {
                return self.parsed(at.checked_add(self.header)?, numbered);
            }
            // What is added to a table for newer readers goes before what was there earlier.
            for earlier in ["Prev", "XRefStm"].into_iter().filter_map(|key| section.trailer.natural(key)) {
                if seen.len() < MOST && seen.insert(earlier) {
                    left.extend(self.section(earlier));
                }
            }
        }
        None
    }

    fn place_of(&mut self, section: &Section, number: u64) -> Option<u64> {
        match &section.place {
            Place::Table(parts) => {
                let (first, _, entries) =
                    parts.iter().find(|(first, count, _)| number.wrapping_sub(*first) < *count)?;
                let entry = read_at(self.file, entries + (number - first) * ENTRY, ENTRY)?;
                let mut parser = Parser::new(&entry);
                let (at, _) = (parser.natural()?, parser.natural()?);
                parser.word("n").then_some(at)
            }
            Place::Stream(content) => self.place_in_stream(&section.trailer, *content, number),
        }
    }

    fn place_in_stream(&mut self, stream: &Dictionary, content: u64, number: u64) -> Option<u64> {
        let widths: Vec<usize> = stream.naturals("W")?.into_iter().map(|width| width.min(9) as usize).collect();
        let [kind, place, _] = widths[..] else { return None };
        let width: usize = widths.iter().sum();
        let index = stream.naturals("Index").or_else(|| Some(vec![0, stream.natural("Size")?]))?;
        let mut before = 0;
        let parts = index.chunks_exact(2).find_map(|part| {
            let within = number.wrapping_sub(part[0]);
            let row = (within < part[1]).then(|| before + within);
            before += part[1].min(u64::from(u32::MAX));
            row
        });
        let row = self.row(stream, content, width, parts?)?;
        let natural = |bytes: &[u8]| bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let is_object = kind == 0 || natural(&row[..kind]) == 1;
        (is_object && place <= 8).then(|| natural(&row[kind..kind + place]))
    }

    /// A row of a stream, which may be compressed, each row then by how it differs from the one above.
    fn row(&mut self, stream: &Dictionary, content: u64, width: usize, number: u64) -> Option<Vec<u8>> {
        self.file.seek(SeekFrom::Start(content)).ok()?;
        let filter = stream.get("Filter");
        let compressed = stream.is_named("Filter", "FlateDecode")
            || stream.array("Filter").is_some_and(|filters| filters.len() == 1);
        let predicted = stream.dictionary("DecodeParms").and_then(|how| how.natural("Predictor")).unwrap_or(1) >= 10;
        let mut reader: Box<dyn Read + '_> = match filter {
            None => Box::new(&mut *self.file),
            Some(_) if compressed => Box::new(ZlibDecoder::new(&mut *self.file)),
            Some(_) => return None,
        };
        let (mut above, mut row) = (vec![0; width], vec![0; width]);
        for _ in 0..=number {
            let mut how = [0];
            if predicted {
                reader.read_exact(&mut how).ok()?;
            }
            reader.read_exact(&mut row).ok()?;
            match how[0] {
                0 => {}
                2 => row.iter_mut().zip(&above).for_each(|(byte, above)| *byte = byte.wrapping_add(*above)),
                _ => return None,
            }
            above.copy_from_slice(&row);
        }
        Some(row)
    }

    /// What stands at a place, as long as it is not too long.
    fn parsed<T>(&mut self, at: u64, parse: impl Fn(&mut Parser<'_>) -> Option<T>) -> Option<T> {
        WINDOWS.into_iter().find_map(|window| parse(&mut Parser::new(&self.up_to(at, window)?)))
    }

    fn up_to(&mut self, at: u64, length: u64) -> Option<Vec<u8>> {
        self.file.seek(SeekFrom::Start(at)).ok()?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(length).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// A dictionary with its number before it: `12 0 obj << … >>`.
fn numbered(parser: &mut Parser<'_>) -> Option<Dictionary> {
    let (_, _) = (parser.natural()?, parser.natural()?);
    if parser.word("obj") { parser.dictionary() } else { None }
}
