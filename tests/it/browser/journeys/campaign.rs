//! 圈子活动: points, an invitation, the end, and a draw.

use super::Town;

const CONFIG: &str = "[config]
title = '秋日晒好物'
starts_at = '2026-09-01T00:00:00+08:00'
ends_at = '2096-12-31T23:59:59+08:00'
prizes = [{ name = '旧物盲盒' }]
";

#[test]
fn points_are_earned_and_prizes_drawn() {
    let town = Town::found("campaign", "autumn", "join = 'open'", CONFIG);
    let anan = town.reader("anan", "阿南");
    anan.sees("第一次来");
    anan.picture("journey-campaign-1-visitor");
    anan.tap_and_sign_in("参加活动");
    anan.is_told("已参加，得 10 分");
    anan.hears("join");
    anan.tap("签到");
    anan.is_told("签到成功");
    anan.tap("发一条动态");
    anan.types("text", "晒一只磕了三块漆的杯子。");
    anan.tap("发布");
    anan.is_told("已发布");
    anan.hears("post");
    anan.picture("journey-campaign-2-earning");
    anan.tap("公平验证");
    anan.sees("开奖时公布");

    let laoxu = town.reader("laoxu", "老徐");
    laoxu.sign_in();
    laoxu.tap("管理");
    laoxu.sees("阿南");
    laoxu.confirms("提前结束并开奖");
    laoxu.is_told("马上开奖");

    // The draw comes by itself, and shows what it was made of.
    anan.goes_back_to_the_article();
    anan.sees("你中奖了");
    anan.tap("领奖");
    anan.is_told("已领取：旧物盲盒");
    anan.hears("accept");
    anan.tap("公平验证");
    anan.sees("抽中的顺序");
    anan.picture("journey-campaign-3-proof");
    for reader in [&anan, &laoxu] {
        reader.browser.leave();
        reader.browser.assert_clean_console();
    }
}
