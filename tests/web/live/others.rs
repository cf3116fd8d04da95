//! Who else has a page open: people of CMS see each other, and states neither see nor are seen.

use time::Duration;

use super::{Stream, of};
use crate::support::{Browser, World};

async fn others(browser: &Browser, query: &str) -> (u16, String) {
    let answer = browser.get(&format!("/presence?{query}")).await;
    (answer.status(), String::from_utf8(answer.body().to_vec()).unwrap())
}

#[tokio::test]
async fn people_of_cms_see_who_else_has_the_page_open_through_whichever_copy() {
    let world = World::start().await;
    let copy = world.another();
    let story = world.sent("maya.lindqvist").await;
    let (sam, dana) = (world.signed_in("sam.lee").await, copy.browser());
    dana.sign_in("dana.ruiz").await;
    let mut first = Stream::open(&sam, &of(&story)).await;
    assert_eq!(others(&sam, &of(&story)).await, (204, String::new()), "nobody is told of themselves");
    let second = Stream::open(&dana, &of(&story)).await;
    assert_eq!(others(&dana, &of(&story)).await.1, "Sam Lee has this open too.");
    let message = first.next().await.unwrap();
    assert_eq!((message.id, message.event.as_str()), (None, "presence"), "it says nobody's name");
    assert_eq!(message.data, format!("submission:{}", story.key));
    assert_eq!(others(&sam, &of(&story)).await.1, "Dana Ruiz has this open too.");

    // A minute after she was last heard of she is gone; he, whose stream goes on, is not.
    drop(second);
    copy.live.end();
    world.pass(Duration::seconds(61));
    let message = first.next().await.unwrap();
    assert_eq!(message.event, "presence");
    assert_eq!(others(&sam, &of(&story)).await, (204, String::new()));
    assert_eq!(others(&world.signed_in("kim.ode").await, &of(&story)).await.1, "Sam Lee has this open too.");
}

#[tokio::test]
async fn states_neither_see_who_is_there_nor_are_seen() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    for on in [of(&story), format!("on=rate:{rate}")] {
        let _sam = Stream::open(&sam, &on).await;
        let _maya = Stream::open(&maya, &on).await;
        assert_eq!(others(&maya, &on).await.0, 404);
        assert_eq!(others(&sam, &on).await, (204, String::new()));
    }
    assert_eq!(others(&sam, "on=list:submissions").await.0, 404, "a list is no such page");
    assert!(sam.get(&story.path("")).await.has("#others"));
    assert!(!maya.get(&story.path("")).await.has("#others"));
}
