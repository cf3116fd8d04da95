//! Style sheets, scripts and fonts: read once, compressed once, served for ever under an address that changes with them.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::{App, Error, Result};

/// The files of `static/`.
#[derive(Debug)]
pub struct Assets {
    hash: String,
    files: HashMap<String, Asset>,
}

#[derive(Debug)]
struct Asset {
    content_type: &'static str,
    plain: web::Bytes,
    gzip: Option<web::Bytes>,
}

impl Assets {
    /// Reads the folder. One hash covers all files, so that style sheets can name fonts and pictures relatively.
    ///
    /// # Errors
    /// When the folder or a file in it can't be read.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let mut files = HashMap::new();
        collect(folder, "", &mut files)?;
        let mut paths: Vec<&String> = files.keys().collect();
        paths.sort();
        let mut hash = Sha256::new();
        for path in paths {
            hash.update(path.as_bytes());
            hash.update(&files[path].plain);
        }
        let hash = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { hash, files })
    }

    /// The address of a file.
    pub fn url(&self, path: &str) -> String {
        format!("/static/{}/{path}", self.hash)
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut HashMap<String, Asset>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else if let Some(content_type) = content_type(&name) {
            let plain = fs::read(entry.path())?;
            let gzip = if compressible(content_type) { Some(gzip(&plain)?.into()) } else { None };
            files.insert(name, Asset { content_type, plain: plain.into(), gzip });
        }
    }
    Ok(())
}

/// The types that are served; other files of the folder, such as licences, are not.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

fn compressible(content_type: &str) -> bool {
    content_type.starts_with("text/") || content_type == "image/svg+xml"
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// `GET /static/{hash}/{path}`
///
/// # Errors
/// [`Error::NotFound`] when there is no such file.
pub async fn get(req: HttpRequest, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (hash, path) = path.into_inner();
    let asset = app.assets.files.get(&path).ok_or(Error::NotFound)?;
    // Under an outdated hash, as of a page drawn before a roll-out, the present file is given but not kept.
    let caching = if hash == app.assets.hash { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = HttpResponse::Ok();
    response.content_type(asset.content_type).insert_header((header::CACHE_CONTROL, caching));
    let accepts_gzip = req
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    match &asset.gzip {
        Some(gzip) if accepts_gzip => {
            response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
            response.insert_header((header::VARY, "Accept-Encoding"));
            Ok(response.body(gzip.clone()))
        }
        _ => Ok(response.body(asset.plain.clone())),
    }
}
