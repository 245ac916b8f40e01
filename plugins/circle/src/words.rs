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
    approval_note: "管理员通过后就能发言", "You can post once a moderator lets you in";
    closed_note: "这个圈子不公开招人，由圈主邀请。动态可以随便看。",
        "This circle is by invitation of its owner. Everybody may read along.";
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
    leave_sure: "退出圈子？你发过的内容会保留。", "Leave the circle? What you posted stays.";
    left: "已退出圈子", "You left the circle";
    owner_stays: "圈主不能退出自己的圈子", "The owner cannot leave their circle";
    not_in: "你不在这个圈子里", "You are not in this circle";

    // People.
    owner: "圈主", "Owner";
    moderator: "管理员", "Moderator";
    featured: "大咖", "Featured";
    here_now: "正在这里", "Here now";
    new_here: "新成员", "New here";
    run_by: "主办", "By";
    members: "成员", "Members";
    staff: "圈主和管理员", "Owner and moderators";
    everyone: "所有成员", "Everyone";
    joined_on: "加入于", "Joined";

    // Posts.
    latest: "最新", "Latest";
    hot: "热门", "Popular";
    best: "精选", "Featured";
    all_posts: "全部动态", "All posts";
    more: "更多", "More";
    back: "返回圈子", "Back to the circle";
    to_start: "回到开头", "Back to the start";
    write: "发一条", "Post";
    mine: "我的发言", "My posts";
    share: "分享", "Share";
    text: "说点什么", "What is on your mind?";
    text_example: "今天看到、想到、遇到的都行", "Something you saw, thought or met today";
    pictures: "图片（最多 9 张）", "Pictures (up to 9)";
    publish: "发布", "Post";
    published: "已发布", "Posted";
    held: "已提交，管理员看过后就会出现", "Sent: it appears once a moderator has seen it";
    reply: "回复", "Reply";
    reply_example: "友善地说", "Be kind";
    replied: "已回复", "Replied";
    replies: "回复", "Replies";
    no_replies: "还没有回复", "No replies yet";
    first_reply: "还没有回复，来说第一句吧", "No replies yet: say the first word";
    reply_by_members: "加入圈子后可以回复和点赞", "Members reply and like";
    replied_to: "查看原帖", "See what this answers";
    open_post: "查看", "Open";
    like: "赞", "Like";
    unlike: "已赞", "Liked";
    liked: "已赞", "Liked";
    unliked: "已取消赞", "No longer liked";
    picture: "图片", "Picture";
    pre_approval_note: "这个圈子先审后发：管理员看过后大家才能看到。",
        "Posts appear here once a moderator has seen them.";
    write_first: "写点文字或选张图片再发", "Write something or choose a picture first";
    write_reply_first: "写点什么再回复", "Write something first";
    members_post: "加入圈子后就能发言", "Join the circle to post";
    featured_post: "这里由大咖和管理员发言，你可以回复和点赞。",
        "Featured members post here; you can reply and like.";
    nobody_posts: "这张卡片上不发新动态，你可以回复和点赞。",
        "This card takes no new posts; you can reply and like.";
    muted: "你暂时不能发言，到", "You cannot post until";
    muted_now: "你暂时不能发言", "You cannot post for now";
    sign_in_for_own: "加入圈子后，你发过的内容会在这里。", "Once you are a member, your posts are here.";
    nothing_own: "你还没有发过言。", "You have not posted yet.";
    empty_join: "还没有动态。加入圈子，来发第一条吧。", "No posts yet. Join and write the first one.";
    empty_write: "还没有动态，来发第一条吧。", "No posts yet: write the first one.";
    empty_read: "还没有动态，过几天再来看看。", "No posts yet: come back in a few days.";
    empty_list: "这里还没有动态，看看最新的吧。", "Nothing here yet: see the latest posts.";
    gone: "这条动态已被移除。", "This post was removed.";
    only_you: "仅自己可见", "Only you see this";
    state_held: "等待管理员查看", "Waits for a moderator";
    state_rejected: "未通过", "Not accepted";
    state_removed: "已移除", "Removed";
    buy_link: "链接", "Link";

    // Keeping order.
    manage: "管理", "Manage";
    manage_title: "管理圈子", "Keep order";
    for_staff: "这一页只有圈主和管理员能看。", "This page is for the owner and moderators.";
    desk_waiting: "待通过", "To admit";
    desk_posts: "待审", "To review";
    desk_members: "成员", "Members";
    desk_banned: "已移出", "Removed";
    nobody_waits: "没有人在等。有人申请加入时会出现在这里。",
        "Nobody waits. Those who ask to join appear here.";
    nothing_held: "没有待审的动态。", "No posts wait for you.";
    nobody_banned: "没有人被移出。", "Nobody was removed.";
    admit: "通过", "Let in";
    admitted: "已通过", "Let in";
    refuse: "拒绝", "Refuse";
    refused: "已拒绝", "Refused";
    approve: "通过", "Accept";
    approved: "已通过，大家都能看到了", "Accepted: everybody sees it";
    reject: "退回", "Send back";
    reject_reason: "退回的原因（作者会看到）", "Why (its author sees it)";
    rejected: "已退回", "Sent back";
    give_reason: "请写明原因", "Say why";
    set_featured: "设为大咖", "Make featured";
    set_member: "取消大咖", "No longer featured";
    set_moderator: "设为管理员", "Make moderator";
    unset_moderator: "取消管理员", "No longer moderator";
    set_moderator_sure: "让这位成员和你一起管理圈子？", "Let them keep order with you?";
    role_set: "已更改", "Changed";
    mute_day: "禁言 1 天", "Mute for a day";
    mute_week: "禁言 7 天", "Mute for a week";
    unmute: "解除禁言", "Unmute";
    mute_done: "已禁言", "Muted";
    unmute_done: "已解除禁言", "Unmuted";
    muted_badge: "禁言中", "Muted";
    ban: "移出圈子", "Remove from the circle";
    ban_sure: "移出后不能再加入，除非你解除。确定？",
        "They cannot come back unless you allow it. Remove them?";
    ban_done: "已移出圈子", "Removed from the circle";
    unban: "允许回来", "Let them come back";
    unban_done: "已允许，对方可以重新加入", "They may join again";
    feature: "设为精选", "Feature";
    featured_done: "已设为精选", "Featured";
    unfeature: "取消精选", "No longer featured";
    unfeatured_done: "已取消精选", "No longer featured";
    remove: "删除", "Delete";
    remove_sure: "删除这条发言？不能恢复。", "Delete this? It cannot be undone.";
    removed: "已删除", "Deleted";
    take_away: "移除这条发言", "Take this away";
    take_away_reason: "移除的原因（作者会看到，可不填）", "Why (its author sees it; may be empty)";

    // What went wrong.
    not_allowed: "你不能做这个操作，刷新看看是不是有变动", "You may not do that: load the card again to see what changed";
    not_there: "要操作的内容已经不在了，刷新看看", "What this was about is gone: load the card again";
    changed: "已经有人处理过了，刷新看看", "Somebody else has decided already: load the card again";
    too_much: "做得太快太多了，过一会儿再试", "That was a lot in a short time: try again later";
    no_picture: "图片没有传上来，请重新选择", "A picture has not arrived: choose it again";

    // The guide.
    guide: "第一次来？", "First time here?";
    step_join: "点“加入圈子”，用你的账号登录一下就行。",
        "Tap “Join the circle” and sign in with your account.";
    step_ask: "点“申请加入”，等管理员通过。", "Tap “Ask to join” and wait for a moderator.";
    step_read: "看看大家在聊什么，喜欢的点个赞。", "See what others say, and like what you like.";
    step_write: "发一条你自己的，文字和照片都可以。", "Post something of your own, in words or pictures.";
    step_reply: "想说点什么，就在动态下面回复。", "Have something to say? Reply below a post.";
}

impl Words {
    pub fn of<C>(cx: &CardContext<C>) -> Self {
        Self {
            is_chinese: cx.is_chinese(),
        }
    }

    pub fn welcome_in(self, circle: &str) -> String {
        self.pick(format!("欢迎加入{circle}"), format!("Welcome to {circle}"))
    }

    /// What a link to the circle says where the circle itself says nothing.
    pub fn invitation(self, circle: &str, publisher: &str) -> String {
        self.pick(
            format!("来{circle}看看大家在聊什么，由{publisher}主办。"),
            format!("See what members of {circle} talk about. Run by {publisher}."),
        )
    }

    pub fn members_count(self, members: u64) -> String {
        self.counted(members, "位成员", "member")
    }

    pub fn posts_count(self, posts: u64) -> String {
        self.counted(posts, "条动态", "post")
    }

    pub fn present_count(self, present: u64) -> String {
        self.pick(format!("{present} 人在这里"), format!("{present} here"))
    }

    /// How big the circle is, in one line.
    pub fn size(self, members: u64, posts: u64) -> String {
        format!(
            "{} · {}",
            self.members_count(members),
            self.posts_count(posts)
        )
    }

    pub fn likes(self, likes: u64) -> String {
        self.pick(
            format!("{likes} 赞"),
            format!("{likes} like{}", plural(likes)),
        )
    }

    pub fn like_button(self, likes: u64, is_liked: bool) -> String {
        let label = if is_liked { self.unlike() } else { self.like() };
        with_count(label, likes)
    }

    pub fn replies_link(self, replies: u32) -> String {
        with_count(self.reply(), replies.into())
    }

    /// A part of the page for order, and how many wait there.
    pub fn desk(self, label: &str, waiting: u64) -> String {
        with_count(label, waiting)
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

    fn counted(self, count: u64, chinese: &str, english: &str) -> String {
        self.pick(
            format!("{count} {chinese}"),
            format!("{count} {english}{}", plural(count)),
        )
    }

    fn pick<T>(self, chinese: T, english: T) -> T {
        if self.is_chinese { chinese } else { english }
    }
}

fn with_count(label: &str, count: u64) -> String {
    match count {
        0 => label.to_owned(),
        count => format!("{label} {count}"),
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
