//! Everything readers read, in Chinese and English.

use quanka_card::prelude::*;

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
    // Joining.
    join: "加入圈子", "Join the circle";
    ask_to_join: "申请加入", "Ask to join";
    approval_note: "管理员通过后就能推荐", "You can recommend once a moderator lets you in";
    closed_note: "这个圈子不公开招人，由圈主邀请。好物可以随便看。",
        "This circle is by invitation of its owner. Everybody may look around.";
    closed_to_you: "这个圈子不公开招人，请联系圈主",
        "This circle is by invitation: ask its owner";
    waiting: "已申请，等待通过", "You have asked to join; a moderator will look at it";
    withdraw: "撤回申请", "Take it back";
    withdraw_sure: "撤回加入申请？", "Take back your request?";
    withdrawn: "已撤回申请", "Request taken back";
    asked: "已申请，等待通过", "Asked to join: a moderator will look at it";
    already_in: "你已经在圈子里了", "You are a member already";
    banned: "你已被移出这个圈子。如有疑问，请联系圈主。",
        "You were removed from this circle. Ask its owner if you think that is wrong.";
    leave: "退出圈子", "Leave the circle";
    leave_sure: "退出圈子？你推荐过的好物会保留。",
        "Leave the circle? What you recommended stays.";
    left: "已退出圈子", "You left the circle";
    owner_stays: "圈主不能退出自己的圈子", "The owner cannot leave their circle";
    not_in: "你不在这个圈子里", "You are not in this circle";
    join_first: "加入圈子后才能这样做", "Join the circle first";

    // The first page and the ways on.
    sentence: "圈友用过觉得好，推荐给你。", "Things that members used, liked and recommend.";
    best: "精选", "Featured";
    hot: "热门", "Popular";
    latest: "最新", "Latest";
    asks: "求推荐", "Asks";
    wishes: "想买", "Wishes";
    topics: "话题", "Topics";
    members: "星级榜", "Stars";
    mine: "我的", "Mine";
    manage: "管理", "Manage";
    back: "返回好物", "Back to all things";
    more: "更多", "More";
    to_start: "回到开头", "Back to the start";
    share: "分享", "Share";
    shared: "谢谢分享", "Thank you for sharing";
    empty_member: "还没有好物，来推荐第一件吧。", "Nothing here yet: recommend the first thing.";
    empty_join: "还没有好物。加入圈子，来推荐第一件吧。",
        "Nothing here yet. Join and recommend the first thing.";
    empty_read: "还没有好物，过几天再来看看。", "Nothing here yet: come back in a few days.";
    no_best: "还没有精选，先看看热门和最新。", "Nothing is featured yet: see what is popular or new.";
    empty_list: "后面没有了，回到开头看看。", "That was all: go back to the start.";

    // Recommending.
    recommend: "推荐好物", "Recommend something";
    name: "好物名称", "What is it called?";
    name_example: "比如：小米台灯 1S", "Such as: a desk lamp";
    rating: "评分", "How good is it?";
    reason: "为什么推荐", "Why do you recommend it?";
    reason_example: "用了多久、好在哪、适合谁", "How long you have used it, what is good, for whom";
    link: "链接", "Link";
    picture: "图片", "Picture";
    pictures: "图片", "Pictures";
    new_pictures: "换图片（不选就保留原来的）", "Other pictures (none keeps those there are)";
    in_topic: "放进话题（可不选）", "Topic (may be none)";
    publish: "发布", "Post";
    recommended: "已推荐", "Recommended";
    held: "已提交，管理员看过后就会出现", "Sent: it appears once a moderator has seen it";
    held_note: "这里先审后发：管理员看过后大家才能看到。",
        "It appears here once a moderator has seen it.";
    buy: "去看看", "See it";
    name_first: "写上好物的名称", "Say what it is called";
    stars_first: "给它打个分：1 到 5 颗星", "Give it 1 to 5 stars";
    link_bad: "链接要以 https:// 开头，中间没有空格",
        "A link begins with https:// and has no spaces";
    no_picture: "图片没有传上来，请重新选择", "A picture has not arrived: choose it again";
    write_first: "先写点什么", "Write something first";
    topic_over: "这个话题已经结束，换一个吧", "This topic is over: choose another";
    post_by_members: "加入圈子后就能推荐好物", "Join the circle to recommend things";
    muted: "你暂时不能发言，到", "You cannot post until";
    muted_now: "你暂时不能发言", "You cannot post for now";

    // Wishing.
    want: "想买", "Want";
    wants: "已想买", "Wanted";
    wanted: "已放进想买清单", "It is on your wish list";
    unwant: "不想买了", "No longer want it";
    unwanted: "已从想买清单移除", "No longer on your wish list";
    not_own_like: "自己的不能看好", "You cannot like what is your own";
    not_own_want: "这是你自己推荐的", "You recommended this yourself";
    wants_full: "想买清单满了，先划掉几件吧", "Your wish list is full: take something off it first";
    my_wishes: "我想买的", "What I want";
    their_wishes: "圈友想买的", "What members wish for";
    no_wants: "清单还是空的。看到喜欢的好物，点“想买”；没找到的，自己写一条。",
        "Your list is empty. Tap “Want” where you see something you like, or write a wish of your own.";
    no_wishes: "还没有人许愿。", "Nobody has wished for anything yet.";
    write_wish: "写一条想买", "Write a wish";
    wish_name: "想买什么", "What do you wish for?";
    wish_text: "有什么要求", "What matters to you?";
    wish_private: "只给自己看", "Only for me";
    wished: "已记下", "Noted";
    wish_gone: "已划掉", "Taken off your list";
    wants_gone: "这件好物已被移除。", "This thing was removed.";

    // Asking.
    ask: "向圈友求推荐", "Ask for recommendations";
    ask_text: "想找什么", "What are you looking for?";
    ask_example: "预算、用途、在意什么", "Your budget, what it is for, what matters";
    asked_for: "已发出，等圈友推荐", "Asked: members will recommend something";
    no_asks: "还没有人求推荐。", "Nobody has asked yet.";
    answer: "推荐给 TA", "Recommend something";
    answers: "圈友的推荐", "What members recommend";
    answered: "已推荐给 TA", "Recommended";
    no_answers: "还没有人推荐。", "No recommendations yet.";
    first_answer: "还没有人推荐，来推荐第一件吧。", "No recommendations yet: make the first.";
    why: "说说理由", "Why?";
    helpful: "有帮助", "This helped";
    helpful_badge: "最有帮助", "Helped most";
    thanked: "已标记为最有帮助", "Marked as what helped most";
    not_own_answer: "只能选别人推荐的好物", "Choose something that somebody else recommended";

    // A post.
    like: "看好", "Like";
    likes: "已看好", "Liked";
    liked: "已看好", "Liked";
    unliked: "已取消看好", "No longer liked";
    reply: "回复", "Reply";
    replies: "回复", "Replies";
    replied: "已回复", "Replied";
    reply_example: "友善地说", "Be kind";
    no_replies: "还没有回复", "No replies yet";
    reply_by_members: "加入圈子后可以看好、想买和回复", "Members like, wish and reply";
    replied_to: "查看原帖", "See what this answers";
    open_post: "查看", "Open";
    their_things: "TA 的好物", "More by them";
    things: "好物", "Things";
    gone: "这条内容已被移除。", "This was removed.";
    only_you: "仅自己可见", "Only you see this";
    state_held: "等待管理员查看", "Waits for a moderator";
    state_rejected: "未通过", "Not accepted";
    state_removed: "已移除", "Removed";
    edit: "修改", "Edit";
    edited: "已修改", "Changed";
    save: "保存", "Save";
    remove: "删除", "Delete";
    remove_sure: "删除？不能恢复，得到的积分也会收回。",
        "Delete this? It cannot be undone, and its points go with it.";
    removed: "已删除", "Deleted";
    remove_reason: "移除的原因（作者会看到）", "Why (its author sees it)";
    nothing_own: "你还没有发过内容。", "You have not posted anything yet.";
    sign_in_for_own: "加入圈子后，你的推荐和积分会在这里。",
        "Once you are a member, your recommendations and points are here.";

    // Points.
    score: "圈子积分", "Circle score";
    how: "积分和星级怎么来", "How to earn points and stars";
    no_members: "还没有人拿到积分，推荐一件好物就有。",
        "Nobody has points yet: recommend something to earn some.";
    joined_on: "加入于", "Joined";
    no_things: "还没有推荐过好物。", "They have not recommended anything yet.";

    // Topics.
    no_topics: "还没有话题，圈主会来开的。", "No topics yet: the owner will begin some.";
    no_topics_owner: "还没有话题，开一个吧。", "No topics yet: begin one.";
    topic_closed: "已结束", "Over";
    topic_empty: "这个话题还没有好物。", "Nothing in this topic yet.";
    topic_post: "在这个话题里推荐", "Recommend something here";
    new_topic: "开新话题", "Begin a topic";
    topic_name: "话题名称", "Its name";
    topic_about: "一句话说明", "What is it about?";
    topic_name_bad: "名称要有 2 到 16 个字，不能有 # 和 /",
        "A name has 2 to 16 characters, and no # or /";
    topic_name_taken: "已经有这个话题了", "There is such a topic already";
    topics_full: "话题太多了，不能再开新的", "There are too many topics for another";
    topic_made: "话题已开", "The topic has begun";
    topic_close: "结束话题", "End the topic";
    topic_close_sure: "结束后不能再往里发，已有的好物会保留。",
        "Nothing can be added to it any more; what is in it stays.";
    topic_open: "重新开放", "Begin it again";
    topic_closed_done: "话题已结束", "The topic is over";
    topic_opened_done: "话题已重新开放", "The topic is open again";
    topics_by_owner: "话题由圈主管理。", "The owner runs the topics.";

    // Keeping order.
    manage_title: "管理好物圈", "Keep order";
    queue: "待审", "To review";
    for_staff: "这一页只有圈主和管理员能看。", "This page is for the owner and moderators.";
    nothing_held: "没有待审的内容。", "Nothing waits for you.";
    approve: "通过", "Accept";
    approved: "已通过，大家都能看到了", "Accepted: everybody sees it";
    reject: "退回", "Send back";
    reject_reason: "退回的原因（作者会看到）", "Why (its author sees it)";
    rejected: "已退回", "Sent back";
    give_reason: "请写明原因", "Say why";
    feature: "设为精选", "Feature";
    featured_done: "已设为精选", "Featured";
    unfeature: "取消精选", "No longer featured";
    unfeatured_done: "已取消精选", "No longer featured";
    owner: "圈主", "Owner";
    moderator: "管理员", "Moderator";
    featured: "大咖", "Featured";

    // What went wrong.
    not_allowed: "你不能做这个操作，刷新看看是不是有变动",
        "You may not do that: load the card again to see what changed";
    not_there: "要操作的内容已经不在了，刷新看看", "What this was about is gone: load the card again";
    changed: "已经有人处理过了，刷新看看", "Somebody else has decided already: load the card again";
    too_much: "做得太快太多了，过一会儿再试", "That was a lot in a short time: try again later";

    // The guide.
    guide: "第一次来？", "First time here?";
    step_join: "点“加入圈子”，用你的账号登录一下就行。",
        "Tap “Join the circle” and sign in with your account.";
    step_ask_to_join: "点“申请加入”，等管理员通过。", "Tap “Ask to join” and wait for a moderator.";
    step_look: "看到好的点“看好”，想要的点“想买”。", "Tap “Like” for what is good, “Want” for what you want.";
    step_recommend: "推荐一件你的好物，或者求圈友推荐。",
        "Recommend something of yours, or ask members to recommend something.";
}

impl Words {
    pub fn of<C>(cx: &CardContext<C>) -> Self {
        Self {
            is_chinese: cx.is_chinese(),
        }
    }

    pub fn title(self, circle: &str) -> String {
        self.pick(
            format!("{circle} · 好物"),
            format!("{circle} · Good things"),
        )
    }

    pub fn welcome_in(self, circle: &str) -> String {
        self.pick(format!("欢迎加入{circle}"), format!("Welcome to {circle}"))
    }

    /// How big the circle is, in one line.
    pub fn size(self, members: u64, score: i64) -> String {
        let score = format!("{} {score}", self.score());
        let members = self.pick(
            format!("{members} 位成员"),
            format!("{members} member{}", plural(members)),
        );
        format!("{members} · {score}")
    }

    pub fn points_count(self, points: i64) -> String {
        self.pick(
            format!("{points} 分"),
            format!("{points} point{}", plural(points.unsigned_abs())),
        )
    }

    /// What was done, and the points for it.
    pub fn with_points(self, done: &str, points: i64) -> String {
        self.pick(
            format!("{done}，积分 +{points}"),
            format!("{done}: +{points} point{}", plural(points.unsigned_abs())),
        )
    }

    pub fn to_next_star(self, points: i64) -> String {
        self.pick(
            format!("再得 {points} 分升一星"),
            format!("{points} more to the next star"),
        )
    }

    /// A place on the board.
    pub fn place(self, place: u32) -> String {
        self.pick(format!("第 {place} 名"), format!("No. {place}"))
    }

    /// What earns points, one line each.
    pub fn rules(self) -> [String; 5] {
        use crate::points::{FEATURED, HELPFUL, LIKED, PUBLISHED, SHARED};
        [
            (PUBLISHED, "推荐一件好物", "for a recommendation"),
            (LIKED, "每收到一个看好", "for each like"),
            (
                HELPFUL,
                "回答被标为最有帮助",
                "for the answer that helped most",
            ),
            (
                FEATURED,
                "推荐被设为精选（自己设的不算）",
                "for a recommendation that somebody else features",
            ),
            (SHARED, "每天第一次分享", "for sharing, once a day"),
        ]
        .map(|(points, chinese, english)| {
            self.pick(
                format!("{chinese} +{points}"),
                format!("+{points} {english}"),
            )
        })
    }

    /// A label, and how many there are of it; the label alone for none.
    pub fn counted(self, label: &str, count: u64) -> String {
        match count {
            0 => label.to_owned(),
            count => format!("{label} {count}"),
        }
    }

    pub fn things_count(self, things: u64) -> String {
        self.pick(
            format!("{things} 件好物"),
            format!("{things} thing{}", plural(things)),
        )
    }

    /// Five stars, so many of them full.
    pub fn stars(self, stars: usize) -> String {
        let stars = stars.min(5);
        format!("{}{}", "★".repeat(stars), "☆".repeat(5 - stars))
    }

    /// What somebody is in the circle; nothing for plain members and visitors.
    pub fn role(self, role: Role) -> Option<&'static str> {
        match role {
            Role::Owner => Some(self.owner()),
            Role::Moderator => Some(self.moderator()),
            Role::Featured => Some(self.featured()),
            Role::Member | Role::Visitor => None,
        }
    }

    pub fn reason_is(self, reason: &str) -> String {
        self.pick(format!("原因：{reason}"), format!("Reason: {reason}"))
    }

    fn pick<T>(self, chinese: T, english: T) -> T {
        if self.is_chinese { chinese } else { english }
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
