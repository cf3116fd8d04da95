//! The program `mc-review`: everything it does begins at its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    match mc_review::commands::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
