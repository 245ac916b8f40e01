//! Everything readers read, in Chinese and English.

use quanka_card::prelude::*;

use crate::book::Phase;
use crate::config::{How, Points};
use crate::rules::NoInvitation;

/// The card's words in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    is_chinese: bool,
}

/// Words that say the same to everybody.
macro_rules! fixed {
    ($($name:ident: $chinese:literal, $english:literal;)*) => {
        impl Words {
            $(pub fn $name(self) -> &'static str {
                if self.is_chinese { $chinese } else { $english }
            })*
        }
    };
}

fixed! {
    // Taking part.
    enter: "参加活动", "Take part";
    enter_again: "重新加入圈子", "Join the circle again";
    enter_note: "参加即加入圈子", "You join the circle with it";
    ask_note: "先申请加入圈子，管理员通过后再回来参加", "You ask to join the circle; come back once a moderator lets you in";
    ask: "申请加入", "Ask to join";
    waiting: "已申请加入圈子，等管理员通过后就能参加", "You have asked to join the circle. Once a moderator lets you in you can take part";
    asked: "已申请加入圈子，通过后回来点“参加活动”", "Asked to join the circle. Come back and take part once you are let in";
    closed_to_you: "这个圈子由圈主邀请加入，成员才能参加", "This circle is by invitation of its owner, and the campaign for its members";
    banned: "你已被移出这个圈子，不能参加", "You were removed from this circle and cannot take part";
    organisers_stand_by: "圈主和管理员不参加活动", "The owner and moderators do not take part";
    entered_before: "你已经参加了", "You take part already";
    welcome_back: "欢迎回来，积分都还在", "Welcome back. Your points are still there";
    join_again: "你已退出圈子，重新加入后继续攒积分", "You left the circle: join it again to go on";
    enter_first: "先点“参加活动”", "Take part first";
    not_begun: "活动还没开始，稍后再来", "The campaign has not begun: come back in a while";
    is_over: "活动已结束", "The campaign is over";

    // Points.
    my_points: "我的积分", "My points";
    my_rank: "名次", "Rank";
    beyond: "千名之后", "Beyond 1,000";
    check_in: "签到", "Check in";
    checked_in_before: "今天已签到，明天再来", "You have checked in today: come again tomorrow";
    claim: "领取发帖积分", "Claim points for posts";
    post_hint: "在圈子别处发的动态，点“领取发帖积分”来计分", "What you post elsewhere in the circle counts once you claim it";
    write: "发一条动态", "Write a post";
    text: "说点什么", "What is new?";
    publish: "发布", "Post";
    write_first: "先写点什么", "Write something first";
    muted: "你被禁言了，暂时不能发动态", "You are muted and cannot post for now";
    held: "已提交，管理员看过后大家才能看到，到时来领积分", "Sent. Once a moderator has let it pass, come and claim your points";
    all_done: "今天的都做完了。邀请朋友，还能再攒。", "All done for today. Invite friends for more.";
    all_done_alone: "今天的都做完了，明天再来。", "All done for today. Come back tomorrow.";

    // Pages.
    rules: "规则", "Rules";
    board: "排行", "Ranking";
    prizes: "奖品", "Prizes";
    proof: "公平验证", "Fair draw";
    invite: "邀请朋友", "Invite friends";
    winners: "中奖名单", "Winners";
    manage: "管理", "Manage";
    back: "返回活动", "Back to the campaign";
    share: "分享活动", "Share";
    share_invitation: "分享我的邀请", "Share my invitation";
    comma: "、", ", ";
    more: "更多", "More";
    to_start: "回到开头", "Back to the start";
    whole_board: "完整排行", "Whole ranking";

    // How far it is.
    begins: "开始", "Begins";
    ends: "结束", "Ends";
    ended: "已结束", "Ended";
    before: "未开始", "Not begun";
    running: "进行中", "Running";
    drawing: "开奖中", "Drawing";
    drawing_note: "活动已结束，正在开奖，马上就有结果。", "The campaign is over and prizes are being drawn. It takes a moment.";
    over: "已开奖", "Drawn";

    // Winners.
    not_drawn: "还没有开奖", "Nothing is drawn yet";
    drawn_at: "开奖时间", "Prizes are drawn";
    won: "恭喜，你中奖了！", "Congratulations, you have won!";
    not_won: "这次没有中奖，谢谢参加。有人没领时，按抽中的顺序补上。", "You have not won this time; thank you for taking part. What is not accepted goes to the next of the order.";
    whole_list: "完整名单", "Whole list";
    accept: "领奖", "Accept";
    accept_by: "请在此之前领取", "Accept before";
    accepted_badge: "已领取", "Accepted";
    waits_badge: "待领取", "Waiting";
    accepted_before: "你已经领过了", "You have accepted it already";
    not_yours: "这份奖品现在不是你的了", "This prize is not yours any more";
    nobody_left: "没有候补了，奖品空缺", "Nobody is next in line: not given";
    you_accepted: "你已领取", "You have accepted";
    contact: "请留意圈主的联系，领奖时报上领奖码。", "The owner will get in touch, and ask you for your claim code.";
    claim_code: "领奖码", "Claim code";
    claim_secret: "领奖码只有你和圈主看得到，别给别人。", "Only you and the owner see this code: show it to nobody else.";

    // Inviting.
    invite_how: "把你的邀请页分享给朋友。朋友从这里参加、加入圈子并发出第一条动态后，你就得到积分。",
        "Share your invitation with friends. When one takes part by it, joins the circle and posts, you get your points.";
    open_invitation: "打开我的邀请页", "Open my invitation";
    your_invitation: "这是你的邀请页，分享出去吧。", "This is your invitation: share it.";
    invites_you: "邀请你一起参加", "invites you to take part";
    my_code: "我的编号", "My code";
    enter_to_invite: "参加活动后就能邀请朋友。", "Take part, and you can invite friends.";
    invite_over: "活动已结束，不再计邀请。", "The campaign is over; invitations count no more.";
    no_invites: "这个活动不计邀请。", "Invitations do not count in this campaign.";

    // The owner.
    for_owner: "这一页给圈主用。", "This page is for the owner.";
    end_now: "提前结束并开奖", "End now and draw";
    end_sure: "现在就结束活动并开奖？不能撤回。", "End the campaign now and draw? There is no way back.";
    ended_now: "活动已结束，马上开奖", "The campaign is over; the draw follows";
    disqualify: "取消资格", "Put out";
    disqualify_sure: "取消这位成员的资格？积分或奖品将被收回，不能撤回。",
        "Put this member out of the campaign? Their points or prize are taken away, and there is no way back.";
    reason: "原因（会告诉对方）", "Why (they are told)";
    give_reason: "请写明原因", "Say why";
    put_out: "已取消资格", "Put out of the campaign";
    out_badge: "已取消资格", "Put out";
    is_out_already: "已经取消过了", "They are out already";
    wait_for_the_draw: "正在开奖，请稍后再试", "The draw is going on: try again in a moment";
    by_points: "积分最高", "Most points";
    all_entrants: "全部参加者", "Everybody";
    claims_note: "领奖时请核对领奖码：只有中奖者和你看得到。编号是公开的，不能当凭证。",
        "Ask for the claim code before you hand out a prize: only its winner and you see it. The other code is public and proves nothing.";
    nobody_yet: "还没有人参加。", "Nobody takes part yet.";
    nobody_yet_enter: "还没有人有积分，来当第一个吧。", "Nobody has points yet: be the first.";

    // The proof.
    proof_lead: "活动开始时公布种子的指纹，开奖时公布种子和全部名单。谁都能照下面的步骤重算一遍。",
        "A hash of the seed is published at the start, the seed and all tickets at the draw. Anyone can work it out again, as below.";
    seal: "种子的 SHA-256（活动开始时公布）", "SHA-256 of the seed (published at the start)";
    seed: "种子（开奖时公布）", "Seed (published at the draw)";
    digest: "参加名单的摘要", "Digest of the tickets";
    seal_later: "活动开始时公布。", "Published at the start.";
    seed_later: "开奖时公布。在那之前只存在服务器里，卡片不给任何人看。",
        "Published at the draw. Until then only the server has it, and the card shows it to nobody.";
    digest_later: "开奖时由全部参加者的编号和签数算出。", "Made at the draw from everybody's code and lots.";
    check_title: "怎么验算", "How to check";
    check_seal: "1. 对种子（64 个字符）算 SHA-256，应等于活动开始时公布的值。",
        "1. The SHA-256 of the seed (64 characters) is what was published at the start.";
    check_digest: "2. 名单每行是“编号 空格 签数”，行末换行，200 行一页。第一页的 SHA-256 就是摘要；有下一页时，把“已有摘要、换行、该页”合起来再算一次。",
        "2. Each line of the list is “CODE LOTS” with a line feed, 200 lines to a page. The SHA-256 of the first page is the digest; for each further page take that of the digest so far, a line feed and the page.";
    check_lots: "3. n 从 0 开始，算“种子:摘要:n”的 SHA-256，取前 8 个字节为大端整数 h。L 是还没抽中的签数之和；若 h 不小于 2^64 以内 L 的最大倍数就跳过这个 n，否则按名单顺序（跳过已抽中的）从 0 数到第 h mod L 支签，它的编号就是下一位。",
        "3. From n = 0 on, take the SHA-256 of “SEED:DIGEST:n”; its first 8 bytes are a number h, big-endian. L is the number of lots not drawn. If h is not below the largest multiple of L up to 2^64, pass over this n; otherwise count lots from 0 to h mod L in the order of the list, without drawn codes: that code is next.";
    check_top: "3. 按积分从高到低排；积分相同的，按“种子:编号”的 SHA-256 从小到大排。",
        "3. Most points come first; equal ones by the SHA-256 of “SEED:CODE”, lowest first.";
    check_own: "你的编号在名单里，签数就是你参加抽奖的份额。", "Your own code is in the list, with your lots.";
    trust_title: "这能证明什么？", "What does it prove?";
    trust_terms: "奖品和开奖方式与种子的指纹同时定下，之后改配置也不会变。到期之前，结束时间可以调整。",
        "Prizes and how they are drawn are fixed together with the seed, and no configuration changes them later. The end can be moved until it has come.";
    trust_yes: "能证明：种子在有人参加之前就定了，谁都换不了；顺序只由种子和名单算出；你自己的签数可以在名单里核对。开始时把指纹记下来，最可靠。",
        "It proves that the seed was fixed before anybody took part, and that the order follows from the seed and the tickets alone. Compare your own lots with the list, and note the hash at the start to be sure.";
    trust_no: "不能证明：运营服务器的人没有偷看种子。种子由服务器随机生成，偷看的人若在结束前再加参加者或积分，就可能影响结果，所以结束时的名单全部公开。圈主和管理员只要不运营服务器，就看不到种子。",
        "It does not prove that who runs the server did not look at the seed. The server makes it at random, and who knows it could sway the result by adding people or points before the end. That is why all tickets are public. The owner and moderators cannot see it, unless they run the server.";
    trust_after: "开奖的顺序不再改变。有人已退出圈子、没领奖或被取消资格，奖品就按顺序给下一位，顺延次数写在中奖名单里。",
        "The order never changes. If somebody has left the circle, does not accept or is put out, the prize goes to the next of the order, and the winners' page says how often.";
    order: "抽中的顺序", "Order of the draw";
    list: "参加名单", "Tickets";
    nobody_drawn: "没有人有签，没有人中奖。", "Nobody had a lot, so nobody has won.";

    // The rules.
    how_to_earn: "怎么攒积分", "How to earn points";
    fair_play: "公平参与", "Fair play";
    fair_once: "登录后参加，每人一次；圈主和管理员不参加，也不能中奖。",
        "Sign in to take part, once each. The owner and moderators do not, and do not win.";
    fair_posts: "只有圈子里公开的动态计分，回复和点赞不计。", "Posts that all can see count; replies and likes do not.";
    fair_invites: "邀请只计活动前没进过圈子的人，每人只有一位邀请者，不能邀请自己。",
        "An invitation counts for readers who were never in the circle before, each with one inviter, and not for oneself.";
    fair_out: "作弊会被取消资格，并告知原因。", "Who cheats is put out and told why.";
    fair_stay: "开奖时须仍在圈子里。", "Winners are in the circle at the draw.";
    who_wins: "谁能中奖", "Who wins";
    fixed_terms: "奖品和开奖方式在活动开始时定下，之后不再改变；结束时间还可以调整。",
        "Prizes and how they are drawn are fixed at the start and do not change; the end may still be moved.";

    // What the host's rules refuse.
    not_allowed: "你不能这样做", "You may not do that";
    not_there: "要操作的内容已经不在了，刷新看看", "That is not there any more: reload";
    too_much: "做得太快太多了，过一会儿再试", "That was a lot in a short time: try again later";

    // The guide.
    guide: "第一次来？", "First time here?";
    step_enter: "1. 点“参加活动”，登录一下就行。", "1. Tap “Take part” and sign in.";
    step_earn: "2. 发动态、签到、邀请朋友，攒积分。", "2. Post, check in and invite friends for points.";
    step_win: "3. 到时回来看看有没有中奖。", "3. Come back at the end and see whether you have won.";
}

impl Words {
    pub fn of<C>(cx: &CardContext<C>) -> Self {
        Self {
            is_chinese: cx.is_chinese(),
        }
    }

    pub fn phase(self, phase: Phase) -> &'static str {
        match phase {
            Phase::Before => self.before(),
            Phase::Open => self.running(),
            Phase::Drawing => self.drawing(),
            Phase::Over => self.over(),
        }
    }

    pub fn taking_part(self, entries: u64) -> String {
        self.pick(
            format!("{entries} 人参加"),
            format!("{entries} taking part"),
        )
    }

    /// What a preview says where the publisher says nothing.
    pub fn summary(self, title: &str, prizes: &str) -> String {
        self.pick(
            format!("参加“{title}”，攒积分赢{prizes}。"),
            format!("Take part in “{title}” and win {prizes}."),
        )
    }

    pub fn summary_over(self, title: &str) -> String {
        self.pick(
            format!("“{title}”已结束，来看看谁中了奖。"),
            format!("“{title}” is over: see who has won."),
        )
    }

    pub fn entered(self, points: u64) -> String {
        match points {
            0 => self.pick("已参加".to_owned(), "You take part".to_owned()),
            points => self.pick(
                format!("已参加，得 {points} 分"),
                format!("You take part: {}", self.points(points)),
            ),
        }
    }

    pub fn entered_without(self, points: u64, why_not: NoInvitation) -> String {
        let why_not = match why_not {
            NoInvitation::Own => self.pick("不能邀请自己", "nobody invites themselves"),
            NoInvitation::NotNew => self.pick(
                "你之前就在圈子里，这次邀请不计分",
                "you were in the circle before, so the invitation does not count",
            ),
            NoInvitation::InviterOut => self.pick(
                "邀请者已被取消资格，这次邀请不计分",
                "whoever invited you was put out, so the invitation does not count",
            ),
        };
        let entered = self.entered(points);
        self.pick(
            format!("{entered}。{why_not}"),
            format!("{entered}; {why_not}"),
        )
    }

    pub fn you_are_out(self, reason: &str) -> String {
        self.pick(
            format!("你已被取消资格。原因：{reason}"),
            format!("You were put out of the campaign. Reason: {reason}"),
        )
    }

    pub fn checked_in(self, days: u32, points: u64) -> String {
        self.pick(
            format!("签到成功，连续 {days} 天，得 {points} 分"),
            format!("Checked in, {days} in a row: {}", self.points(points)),
        )
    }

    pub fn streak(self, days: u32) -> String {
        self.pick(
            format!("今天已签到，连续 {days} 天"),
            format!("Checked in today, {days} in a row"),
        )
    }

    pub fn claimed(self, posts: u64, points: u64) -> String {
        self.pick(
            format!("{posts} 条动态计分，得 {points} 分"),
            format!("{} counted: {}", plural(posts, "post"), self.points(points)),
        )
    }

    pub fn posted(self, points: u64) -> String {
        match points {
            0 => self.pick("已发布".to_owned(), "Posted".to_owned()),
            points => self.pick(
                format!("已发布，得 {points} 分"),
                format!("Posted: {}", self.points(points)),
            ),
        }
    }

    pub fn posted_beyond(self, max: usize) -> String {
        self.pick(
            format!("已发布。每天最多计 {max} 条，今天的已计满。"),
            format!("Posted. Of one day {max} count, and today has as many."),
        )
    }

    pub fn nothing_to_claim(self, max: usize) -> String {
        self.pick(
            format!("没有新的动态可以计分。每天最多计 {max} 条，回复不计。"),
            format!("No new post counts. Of one day {max} do, and replies do not."),
        )
    }

    pub fn claim_some(self, posts: u64) -> String {
        format!("{} +{posts}", self.claim())
    }

    pub fn accepted(self, prize: &str) -> String {
        self.pick(format!("已领取：{prize}"), format!("Accepted: {prize}"))
    }

    pub fn prize(self, name: &str, count: usize) -> String {
        match count {
            1 => name.to_owned(),
            count => format!("{name} ×{count}"),
        }
    }

    pub fn passed(self, times: u32) -> String {
        self.pick(
            format!("已顺延 {times} 次"),
            format!("Passed on {}", plural(times.into(), "time")),
        )
    }

    pub fn points(self, points: u64) -> String {
        self.pick(format!("{points} 分"), plural(points, "point"))
    }

    pub fn lots(self, lots: u64) -> String {
        self.pick(format!("{lots} 签"), plural(lots, "lot"))
    }

    pub fn invited(self, credits: u32, max: u32) -> String {
        self.pick(
            format!("已计 {credits} 位，最多 {max} 位"),
            format!("{credits} counted, of {max} at most"),
        )
    }

    pub fn invitation_of(self, title: &str) -> String {
        self.pick(format!("邀请：{title}"), format!("Invitation: {title}"))
    }

    /// What earns points, a line each.
    pub fn ways(self, points: &Points) -> Vec<String> {
        let line = |earned: u32, chinese: String, english: String| {
            let of = self.points(earned.into());
            (earned > 0).then(|| self.pick(format!("{chinese}：{of}"), format!("{english}: {of}")))
        };
        let Points {
            posts_per_day,
            streak_days,
            invites_max,
            ..
        } = points;
        let ways = [
            line(points.enter, "参加".into(), "Taking part".into()),
            line(
                points.post,
                format!("在圈子里发一条动态（每天最多计 {posts_per_day} 条）"),
                format!("A post in the circle (up to {posts_per_day} a day)"),
            ),
            line(
                points.check_in,
                "每天签到".into(),
                "Checking in, once a day".into(),
            ),
            line(
                points.streak,
                format!("连续签到每满 {streak_days} 天，另加"),
                format!("Each {streak_days} days in a row, on top"),
            ),
            line(
                points.invite,
                format!("邀请的朋友加入并发出第一条动态（最多计 {invites_max} 位）"),
                format!("A friend you invited joins and posts (up to {invites_max})"),
            ),
        ];
        ways.into_iter().flatten().collect()
    }

    pub fn how(self, how: How) -> &'static str {
        match how {
            How::Points => self.pick(
                "按积分抽奖：每一分是一支签，积分越多机会越大。",
                "By lot: each point is a lot, so more points are more chances.",
            ),
            How::Equal => self.pick(
                "平等抽奖：每位参加者一支签。",
                "By lot: everybody who takes part has one.",
            ),
            How::Top => self.pick("积分最高的人得奖。", "Those with the most points win."),
        }
    }

    pub fn accept_in(self, days: u64) -> String {
        self.pick(
            format!("中奖后请在 {days} 天内领取，过期顺延给下一位。"),
            format!(
                "Winners accept within {}; then the prize goes to the next in line.",
                plural(days, "day")
            ),
        )
    }

    pub fn list_page_of(self, page: usize, pages: usize) -> String {
        self.pick(
            format!("名单 {page} / {pages}"),
            format!("Tickets {page} / {pages}"),
        )
    }

    fn pick<T>(self, chinese: T, english: T) -> T {
        if self.is_chinese { chinese } else { english }
    }
}

fn plural(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
