//! The table of contents: every address of the product, grouped by who may go there.

use actix_web::web::{ServiceConfig, get, post, resource, to};

use crate::life::{UndoApproval, UndoUnlock, UndoWithdraw, UndoWithdrawRate, Unlock, Withdraw, WithdrawRate};
use crate::questions::{OfContract, OfRate};
use crate::{
    accounts, assignments, corrections, documents, home, life, live, notes, questions, rates, reviews, settings,
    submissions, views, web, work,
};

/// What is asked for by machines, and by every page: without a session, so that it needs no database.
pub fn without_sessions(config: &mut ServiceConfig) {
    config
        .route("/healthz", get().to(home::healthz))
        .route("/readyz", get().to(home::readyz))
        .route("/static/{hash}/{path:.*}", get().to(web::assets::get));
}

/// Sets up every page, within sessions.
pub fn pages(config: &mut ServiceConfig) {
    lists(config);
    anybody(config);
    signed_in(config);
    states(config);
    submission_pages(config);
    rate_pages(config);
    submission_questions(config);
    rate_questions(config);
    cms(config);
    settings_pages(config);
    config.default_service(to(home::not_found));
}

/// The lists, which are open all day. An address is looked for from the top: theirs is found first.
fn lists(config: &mut ServiceConfig) {
    config
        .route("/work", get().to(work::get))
        .service(resource("/submissions").get(submissions::list).post(submissions::list_post))
        .service(resource("/rates").get(rates::list).post(rates::list_post))
        .service(resource("/assignments").get(assignments::get).post(assignments::post));
}

/// Anybody, signed in or not.
fn anybody(config: &mut ServiceConfig) {
    config
        .route("/", get().to(home::home))
        .route("/help", get().to(home::help))
        .route("/accessibility", get().to(home::accessibility))
        .route("/privacy", get().to(home::privacy))
        .service(resource("/sign-in").get(accounts::sign_in).post(accounts::sign_in_post));
}

/// Everybody signed in.
fn signed_in(config: &mut ServiceConfig) {
    config
        .route("/sign-out", post().to(accounts::sign_out))
        .service(resource("/account").get(accounts::account).post(accounts::change_own))
        .route("/session", get().to(accounts::remaining))
        .route("/session/extend", post().to(accounts::extend))
        .route("/session/hold", post().to(accounts::hold))
        .service(resource("/views").get(views::page).post(views::add))
        .service(resource("/views/{id}").get(views::view_page).post(views::view_post))
        .route("/documents/{id}", get().to(documents::download))
        .route("/live", get().to(live::stream));
}

/// The people of a state; to anyone else these are not there.
fn states(config: &mut ServiceConfig) {
    config
        .service(resource("/submissions/new").get(submissions::form::new_page).post(submissions::form::new_post))
        .service(
            resource("/submissions/{key}/delete")
                .get(submissions::form::delete_page)
                .post(submissions::form::delete_post),
        )
        .route("/submissions/{key}/edit/review", post().to(submissions::form::review_post))
        .route("/submissions/{key}/edit/rates", post().to(submissions::form::rates_post))
        .service(
            resource("/submissions/{key}/edit/rates/new")
                .get(submissions::form::new_rate_page)
                .post(submissions::form::new_rate_post),
        )
        .service(
            resource("/submissions/{key}/edit/rates/{rate}")
                .get(submissions::form::rate_page)
                .post(submissions::form::rate_post),
        )
        .service(
            resource("/submissions/{key}/edit/{page}")
                .get(submissions::form::edit_page)
                .post(submissions::form::edit_post),
        )
        .route("/documents/{id}/check", get().to(documents::check));
}

/// Submissions, for their state and for CMS.
fn submission_pages(config: &mut ServiceConfig) {
    config
        .route("/submissions.csv", get().to(submissions::list_csv))
        .route("/submissions.xlsx", get().to(submissions::list_xlsx))
        .route("/submissions/assign", get().to(assignments::of_submissions))
        .route("/submissions/changes", get().to(live::of_submissions))
        .route("/submissions/{key}/changes", get().to(live::of_submission))
        .route("/submissions/{key}", get().to(submissions::page))
        .route("/submissions/{key}/history", get().to(submissions::history))
        .route("/submissions/{key}/versions", get().to(submissions::versions))
        .route("/submissions/{key}/versions/{n}", get().to(submissions::version))
        .route("/submissions/{key}/compare", get().to(submissions::compare))
        .route("/submissions/{key}/compare.csv", get().to(submissions::compare_csv))
        .route("/submissions/{key}/history.csv", get().to(submissions::history_csv))
        .route("/submissions/{key}/case-file.zip", get().to(submissions::case_file))
        .route("/submissions/{key}/versions/{n}/documents.zip", get().to(submissions::documents_zip));
}

/// Rates, for their state and for CMS.
fn rate_pages(config: &mut ServiceConfig) {
    config
        .route("/rates.csv", get().to(rates::list_csv))
        .route("/rates.xlsx", get().to(rates::list_xlsx))
        .route("/rates/assign", get().to(assignments::of_rates))
        .route("/rates/changes", get().to(live::of_rates))
        .route("/rates/{rate}/changes", get().to(live::of_rate))
        .route("/rates/{rate}", get().to(rates::page))
        .route("/rates/{rate}/history", get().to(rates::history))
        .route("/rates/{rate}/versions", get().to(rates::versions))
        .route("/rates/{rate}/versions/{n}", get().to(rates::version))
        .route("/rates/{rate}/compare", get().to(rates::compare))
        .route("/rates/{rate}/compare.csv", get().to(rates::compare_csv))
        .route("/rates/{rate}/history.csv", get().to(rates::history_csv))
        .route("/rates/{rate}/versions/{n}/documents.zip", get().to(rates::documents_zip));
}

/// What CMS asks about a contract, and what its state responds.
fn submission_questions(config: &mut ServiceConfig) {
    config
        .route("/submissions/{key}/questions", get().to(questions::page::<OfContract>))
        .service(
            resource("/submissions/{key}/questions/ask")
                .get(questions::ask_page::<OfContract>)
                .post(questions::ask_post::<OfContract>),
        )
        .service(
            resource("/submissions/{key}/questions/{department}/{round}/respond")
                .get(questions::respond_page::<OfContract>)
                .post(questions::respond_post::<OfContract>),
        )
        .service(
            resource("/submissions/{key}/questions/{department}/{round}/close")
                .get(questions::close_page::<OfContract>)
                .post(questions::close_post::<OfContract>),
        )
        .service(
            resource("/submissions/{key}/questions/{department}/{round}/remove")
                .get(questions::remove_page::<OfContract>)
                .post(questions::remove_post::<OfContract>),
        );
}

/// What CMS asks about a rate, and what its state responds.
fn rate_questions(config: &mut ServiceConfig) {
    config
        .route("/rates/{rate}/questions", get().to(questions::page::<OfRate>))
        .service(
            resource("/rates/{rate}/questions/ask")
                .get(questions::ask_page::<OfRate>)
                .post(questions::ask_post::<OfRate>),
        )
        .service(
            resource("/rates/{rate}/questions/{department}/{round}/respond")
                .get(questions::respond_page::<OfRate>)
                .post(questions::respond_post::<OfRate>),
        )
        .service(
            resource("/rates/{rate}/questions/{department}/{round}/close")
                .get(questions::close_page::<OfRate>)
                .post(questions::close_post::<OfRate>),
        )
        .service(
            resource("/rates/{rate}/questions/{department}/{round}/remove")
                .get(questions::remove_page::<OfRate>)
                .post(questions::remove_post::<OfRate>),
        );
}

/// CMS alone; each deed says whose it is.
fn cms(config: &mut ServiceConfig) {
    config
        .route("/work.csv", get().to(work::csv))
        .route("/work.xlsx", get().to(work::xlsx))
        .route("/work/changes", get().to(work::changes))
        .route("/work/take", post().to(work::take))
        .route("/work/take/submissions", post().to(work::take_of_submissions))
        .route("/work/take/rates", post().to(work::take_of_rates))
        .route("/assignments.csv", get().to(assignments::csv))
        .route("/assignments.xlsx", get().to(assignments::xlsx))
        .service(resource("/assignments/preview").get(assignments::no_preview).post(assignments::preview))
        .route("/presence", get().to(live::presence))
        .service(resource("/submissions/{key}/unlock").get(life::get::<Unlock>).post(life::post::<Unlock>))
        .service(resource("/submissions/{key}/undo-unlock").get(life::get::<UndoUnlock>).post(life::post::<UndoUnlock>))
        .service(resource("/submissions/{key}/approve").get(reviews::approve_page).post(reviews::approve_post))
        .service(
            resource("/submissions/{key}/undo-approval")
                .get(life::get::<UndoApproval>)
                .post(life::post::<UndoApproval>),
        )
        .service(resource("/submissions/{key}/withdraw").get(life::get::<Withdraw>).post(life::post::<Withdraw>))
        .service(
            resource("/submissions/{key}/undo-withdraw")
                .get(life::get::<UndoWithdraw>)
                .post(life::post::<UndoWithdraw>),
        )
        .service(resource("/submissions/{key}/mccrs-number").get(life::mccrs_number_page).post(life::mccrs_number_post))
        .service(
            resource("/submissions/{key}/correct").get(corrections::submission_page).post(corrections::submission_post),
        )
        .service(resource("/rates/{rate}/correct").get(corrections::rate_page).post(corrections::rate_post))
        .service(resource("/rates/{rate}/withdraw").get(life::get::<WithdrawRate>).post(life::post::<WithdrawRate>))
        .service(
            resource("/rates/{rate}/undo-withdraw")
                .get(life::get::<UndoWithdrawRate>)
                .post(life::post::<UndoWithdrawRate>),
        )
        .service(resource("/submissions/{key}/notes").get(notes::of_submission).post(notes::add_to_submission))
        .service(resource("/rates/{rate}/notes").get(notes::of_rate).post(notes::add_to_rate))
        .service(resource("/department-reviews/{id}/status").get(reviews::status_page).post(reviews::status_post))
        .service(
            resource("/department-reviews/{id}/reviewers").get(reviews::reviewers_page).post(reviews::reviewers_post),
        );
}

/// The settings: all of CMS reads, administrators change.
fn settings_pages(config: &mut ServiceConfig) {
    config
        .route("/settings", get().to(settings::first))
        .route("/settings/programs", get().to(settings::programs))
        .route("/settings/programs.csv", get().to(settings::programs_csv))
        .service(resource("/settings/programs/{id}").get(settings::program_page).post(settings::program_post));
}
