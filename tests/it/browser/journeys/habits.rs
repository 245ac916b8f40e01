//! 我还: a tag, a line for this week, and who sees it.

use super::Town;

#[test]
fn a_habit_is_begun_and_shown_when_its_keeper_wants() {
    let town = Town::found("life-tags", "still", "join = 'open'", "");
    let anan = town.reader("anan", "阿南");
    anan.sees("第一次来");
    anan.picture("journey-habits-1-visitor");
    anan.types("name", "练字");
    anan.tap_and_sign_in("开始记录");
    anan.hears("join");
    anan.sees("#练字");

    anan.tap("写");
    anan.types("text", "三次，每次二十分钟，慢是慢，没停。");
    anan.tap("保存");
    anan.is_told("仅自己可见");
    anan.hears("post");

    // It is the reader's own until they say otherwise.
    let xiaobei = town.reader("xiaobei", "小贝");
    assert!(!xiaobei.shows("每次二十分钟"));
    anan.goes_back_to_the_article();
    anan.tap("#练字");
    anan.sees("每次二十分钟");
    anan.picture("journey-habits-2-own-tag");
    anan.confirms("公开");
    anan.is_told("已公开");

    xiaobei.tap("热门标签");
    xiaobei.tap("#练字");
    xiaobei.sees("每次二十分钟");
    xiaobei.picture("journey-habits-3-public-tag");
    xiaobei.tap_and_sign_in("我也记这个");
    xiaobei.hears("join");
    for reader in [&anan, &xiaobei] {
        reader.browser.leave();
        reader.browser.assert_clean_console();
    }
}
