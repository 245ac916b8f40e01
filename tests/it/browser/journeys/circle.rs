//! 圈子卡片: from an article into a circle.

use super::Town;

#[test]
fn from_an_article_into_the_circle() {
    let town = Town::found("circle", "beike", "join = 'open'", "");
    let anan = town.reader("anan", "阿南");
    anan.sees("第一次来");
    anan.picture("journey-circle-1-visitor");

    anan.tap_and_sign_in("加入圈子");
    anan.is_told("欢迎");
    anan.hears("join");
    assert!(!anan.shows("第一次来"), "the guide is for newcomers");

    anan.tap("发一条");
    anan.types("text", "读到第三章，忽然想起外婆家的院子。");
    anan.gives_picture("pictures");
    anan.picture("journey-circle-2-writing");
    anan.tap("发布");
    anan.is_told("已发布");
    anan.hears("post");

    let xiaobei = town.reader("xiaobei", "小贝");
    xiaobei.sees("外婆家的院子");
    xiaobei.tap_and_sign_in("加入圈子");
    xiaobei.is_told("欢迎");
    // Both are there now, and the first sees what the second does.
    anan.goes_back_to_the_article();
    anan.sees("外婆家的院子");
    assert!(!anan.shows("赞 1"));
    xiaobei.tap("赞");
    xiaobei.is_told("已赞");
    anan.sees("赞 1");

    let laoxu = town.reader("laoxu", "老徐");
    laoxu.sign_in();
    laoxu.sees("管理");
    laoxu.tap("回复");
    laoxu.tap("管理");
    laoxu.tap("设为精选");
    laoxu.is_told("已设为精选");
    anan.sees("精选");
    anan.picture("journey-circle-3-liked-and-featured");
    for reader in [&anan, &xiaobei, &laoxu] {
        reader.browser.leave();
        reader.browser.assert_clean_console();
    }
}

#[test]
fn a_circle_that_admits_those_who_ask() {
    let town = Town::found("circle", "beike", "join = 'approval'", "");
    let anan = town.reader("anan", "阿南");
    anan.tap_and_sign_in("申请加入");
    anan.is_told("已申请");
    anan.hears("ask-to-join");
    anan.sees("等待通过");

    let laoxu = town.reader("laoxu", "老徐");
    laoxu.sign_in();
    laoxu.tap("管理");
    laoxu.sees("阿南");
    laoxu.picture("journey-circle-4-manage");
    laoxu.tap("通过");
    laoxu.is_told("已通过");
    // Live, where the one who asked has the article open.
    anan.sees("发一条");
}
