//! The count below a long text says what the server takes.

use serde_json::json;

use crate::sent;
use crate::stage::play;

/// Fills the description with so many of a letter, with this around them, as a paste does.
const PASTE: &str = "const field = document.getElementById('submission_description');
    field.value = arguments[2] + arguments[1].repeat(arguments[3]) + arguments[2];
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return document.querySelector('.usa-character-count__status').textContent;";

#[tokio::test]
async fn a_text_is_counted_as_the_server_counts_it() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&format!("{draft}/edit/type")).await;
        let shown = async |letter: &str, around: &str, times: &str| maya.ask(PASTE, &[letter, around, times]).await;
        assert_eq!(shown("😀", "", "760").await, json!("740 characters left"));
        maya.lacks(".usa-character-count__status--invalid").await;
        assert_eq!(shown("x", " \n\u{a0}", "1499").await, json!("1 character left"), "blanks around it do not count");
        assert_eq!(shown("x\n", "", "500").await, json!("501 characters left"), "a line end counts as one");
        assert_eq!(shown("\u{200b}", " ", "9").await, json!("1500 characters allowed"), "nobody sees it");
        assert_eq!(shown("👩‍👩‍👧", "", "301").await, json!("5 characters over limit"));
        maya.shows(".usa-character-count__status--invalid").await;
        assert_eq!(shown("😀", "\n", "1500").await, json!("0 characters left"));
        maya.press("Continue").await;
        maya.arrives_at(&format!("{draft}/edit/contract")).await;
        let kept = "select char_length(contract_data ->> 'submission_description')::bigint from contract_submission";
        assert_eq!(stage.world.count(kept).await, 1500);
    })
    .await;
}
