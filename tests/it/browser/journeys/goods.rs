//! 好物圈: from an article to a thing that others like.

use super::Town;

#[test]
fn a_thing_recommended_from_an_article() {
    let town = Town::found("good-things", "goods", "join = 'open'", "");
    let anan = town.reader("anan", "阿南");
    anan.sees("第一次来");
    anan.picture("journey-goods-1-visitor");
    anan.tap_and_sign_in("加入圈子");
    anan.is_told("欢迎加入");
    anan.hears("join");
    assert!(!anan.shows("第一次来"), "the guide is for newcomers");

    anan.tap("推荐好物");
    anan.types("name", "搪瓷水杯");
    anan.tap("★5 颗星");
    anan.types("text", "磕掉一块漆反而更像自己的杯子，洗了四年没有味道。");
    anan.types("link", "https://shop.example/cup");
    anan.gives_picture("picture");
    anan.picture("journey-goods-2-writing");
    anan.tap("发布");
    anan.is_told("已推荐");
    anan.hears("recommend");

    let xiaobei = town.reader("xiaobei", "小贝");
    xiaobei.sees("搪瓷水杯");
    xiaobei.tap_and_sign_in("加入圈子");
    xiaobei.is_told("欢迎加入");
    // Both are there now, and the first sees what the second does.
    anan.goes_back_to_the_article();
    anan.sees("搪瓷水杯");
    assert!(!anan.shows("看好 1"));
    xiaobei.tap("看好");
    xiaobei.is_told("已看好");
    xiaobei.hears("like");
    anan.sees("看好 1");

    let laoxu = town.reader("laoxu", "老徐");
    laoxu.sign_in();
    laoxu.tap("搪瓷水杯");
    laoxu.tap("管理");
    laoxu.tap("设为精选");
    laoxu.is_told("已设为精选");
    anan.sees("精选");
    anan.picture("journey-goods-3-liked-and-featured");
    for reader in [&anan, &xiaobei, &laoxu] {
        reader.browser.leave();
        reader.browser.assert_clean_console();
    }
}

#[test]
fn what_is_asked_is_answered_with_a_thing() {
    let town = Town::found("good-things", "goods", "join = 'open'", "");
    let anan = town.reader("anan", "阿南");
    anan.tap_and_sign_in("加入圈子");
    anan.is_told("欢迎加入");
    anan.tap("求推荐");
    anan.tap("向圈友求推荐");
    anan.types("text", "求推荐一把雨伞，风大也不翻的。");
    anan.tap("发布");
    anan.is_told("已发出");
    anan.hears("post");

    let qinghe = town.reader("qinghe", "青禾");
    qinghe.tap_and_sign_in("加入圈子");
    qinghe.is_told("欢迎加入");
    qinghe.tap("求推荐");
    qinghe.sees("风大也不翻的");
    qinghe.tap("圈友的推荐");
    qinghe.types("name", "十六骨长柄伞");
    qinghe.types("text", "台风天也撑着回来了。");
    qinghe.tap("推荐给 TA");
    qinghe.is_told("已推荐给 TA");
    qinghe.picture("journey-goods-4-answered");

    anan.goes_back_to_the_article();
    anan.tap("求推荐");
    anan.tap("圈友的推荐");
    anan.sees("十六骨长柄伞");
    anan.tap("有帮助");
    anan.is_told("已标记为最有帮助");
    qinghe.sees("最有帮助");
}

#[test]
fn what_members_say_waits_where_the_owner_wants_to_see_it_first() {
    let town = Town::found(
        "good-things",
        "goods",
        "join = 'open'",
        "config.approval = true",
    );
    let anan = town.reader("anan", "阿南");
    anan.tap_and_sign_in("加入圈子");
    anan.is_told("欢迎加入");
    anan.tap("推荐好物");
    anan.types("name", "竹编小夜灯");
    anan.tap("★4 颗星");
    anan.tap("发布");
    anan.is_told("已提交");
    anan.tap("返回好物");
    anan.tap("☆☆☆☆☆");
    anan.sees("等待管理员查看");

    let xiaobei = town.reader("xiaobei", "小贝");
    assert!(!xiaobei.shows("竹编小夜灯"));
    let laoxu = town.reader("laoxu", "老徐");
    laoxu.sign_in();
    laoxu.tap("管理");
    laoxu.tap("待审");
    laoxu.sees("竹编小夜灯");
    laoxu.picture("journey-goods-5-queue");
    laoxu.tap("通过");
    laoxu.is_told("已通过");
    xiaobei.sees("竹编小夜灯");
}
