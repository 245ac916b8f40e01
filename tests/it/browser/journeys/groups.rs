//! 和群: a group inside a circle, from finding it to what is said in it.

use super::Town;

const GROUPS: &str = "config.groups = [
    { id = 'river', name = '河岸线', about = '每周六早上六点半，桥头集合。' },
    { id = 'steps', name = '台阶线', about = '一共四百一十二级。', join = 'approval' },
]";

#[test]
fn a_group_is_found_and_talked_in() {
    let town = Town::found("fan-groups", "groups", "join = 'open'", GROUPS);
    let anan = town.reader("anan", "阿南");
    anan.sees("第一次来");
    anan.picture("journey-groups-1-visitor");
    anan.tap("河岸线");
    anan.sees("还没有内容");
    anan.tap_and_sign_in("加入");
    anan.is_told("欢迎来到河岸线");
    anan.hears("join");

    anan.tap("发一条");
    anan.types("text", "今天雾大，灯塔只看得见一半，另一半靠想。");
    anan.gives_picture("pictures");
    anan.tap("发布");
    anan.is_told("已发布");
    anan.hears("post");

    let xiaobei = town.reader("xiaobei", "小贝");
    xiaobei.tap("河岸线");
    xiaobei.sees("灯塔只看得见一半");
    xiaobei.tap_and_sign_in("加入");
    xiaobei.is_told("欢迎来到河岸线");
    anan.goes_back_to_the_article();
    anan.tap("河岸线");
    anan.sees("正在这里");
    assert!(!anan.shows("赞 1"));
    xiaobei.tap("赞");
    xiaobei.hears("like");
    anan.sees("赞 1");
    xiaobei.tap("评论");
    xiaobei.types("text", "另一半我替你看了。");
    xiaobei.tap_button("评论");
    xiaobei.is_told("已评论");
    anan.sees("评论 1");

    // Who keeps order says something to everybody.
    let laoxu = town.reader("laoxu", "老徐");
    laoxu.sign_in();
    laoxu.tap("河岸线");
    laoxu.tap("管理");
    laoxu.types("notice", "下雨改周日，不另通知。");
    laoxu.tap("更新群公告");
    laoxu.is_told("公告已更新");
    anan.sees("下雨改周日");
    anan.picture("journey-groups-2-inside");
    for reader in [&anan, &xiaobei, &laoxu] {
        reader.browser.leave();
        reader.browser.assert_clean_console();
    }
}

#[test]
fn a_group_whose_keeper_lets_in() {
    let town = Town::found("fan-groups", "groups", "join = 'open'", GROUPS);
    let anan = town.reader("anan", "阿南");
    anan.tap("台阶线");
    anan.tap_and_sign_in("申请加入");
    anan.is_told("已申请");
    anan.hears("ask-to-join");

    let laoxu = town.reader("laoxu", "老徐");
    laoxu.sign_in();
    laoxu.tap("台阶线");
    laoxu.tap("群成员 1");
    laoxu.sees("阿南");
    laoxu.picture("journey-groups-3-waiting");
    laoxu.tap("通过");
    laoxu.is_told("已通过");
    anan.sees("发一条");
}
