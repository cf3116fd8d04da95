//! The types of file that are taken, and where.

use crate::domain::document::Category;

/// A type of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileType {
    /// Portable Document Format.
    Pdf,
    /// Word up to 2003.
    Doc,
    /// Word.
    Docx,
    /// Excel up to 2003.
    Xls,
    /// Excel.
    Xlsx,
    /// Excel with macros.
    Xlsm,
    /// Text in columns.
    Csv,
}

impl FileType {
    /// Every type, in the order in which people are told of them.
    pub const ALL: [Self; 7] = [Self::Pdf, Self::Doc, Self::Docx, Self::Xls, Self::Xlsx, Self::Xlsm, Self::Csv];

    /// The type as people write it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Doc => "DOC",
            Self::Docx => "DOCX",
            Self::Xls => "XLS",
            Self::Xlsx => "XLSX",
            Self::Xlsm => "XLSM",
            Self::Csv => "CSV",
        }
    }

    /// The media type that such a file is stored and served as.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xls => "application/vnd.ms-excel",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xlsm => "application/vnd.ms-excel.sheet.macroenabled.12",
            Self::Csv => "text/csv",
        }
    }

    /// The type with this media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file_type| file_type.media_type() == media_type)
    }

    /// The type that the extension of a name claims, in upper or lower case.
    pub fn claimed_by(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        Self::ALL.into_iter().find(|file_type| file_type.label().eq_ignore_ascii_case(extension))
    }
}

/// The types that a list takes.
pub fn accepted(category: Category) -> &'static [FileType] {
    match category {
        Category::RateCertification => &[FileType::Pdf, FileType::Doc, FileType::Docx],
        _ => &FileType::ALL,
    }
}

/// The types that a list takes, in words: `PDF, DOC or DOCX`.
pub fn accepted_in_words(category: Category) -> String {
    let labels: Vec<_> = accepted(category).iter().map(|file_type| file_type.label()).collect();
    match labels.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}

/// The types that a list takes, for the `accept` of its file input: `.pdf,.doc`.
pub fn accept_attribute(category: Category) -> String {
    let extensions: Vec<_> =
        accepted(category).iter().map(|file_type| format!(".{}", file_type.label().to_ascii_lowercase())).collect();
    extensions.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_counts_in_any_case_and_only_the_last_one() {
        assert_eq!(FileType::claimed_by("Contract.PDF"), Some(FileType::Pdf));
        assert_eq!(FileType::claimed_by("rates.2026.XlSm"), Some(FileType::Xlsm));
        assert_eq!(FileType::claimed_by("contract.pdf.exe"), None);
        assert_eq!(FileType::claimed_by("pdf"), None);
    }

    #[test]
    fn the_types_are_told_in_words_and_to_the_browser() {
        assert_eq!(accepted_in_words(Category::Contract), "PDF, DOC, DOCX, XLS, XLSX, XLSM or CSV");
        assert_eq!(accepted_in_words(Category::RateCertification), "PDF, DOC or DOCX");
        assert_eq!(accept_attribute(Category::Contract), ".pdf,.doc,.docx,.xls,.xlsx,.xlsm,.csv");
    }
}
