//! Everything readers read, in Chinese and English.

use quanka_card::prelude::*;

use crate::config::Policy;

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
    // Discovering.
    title: "和群", "Groups";
    sentence: "和大咖、同好组个群，随手发，随时聊。",
        "Form a group with the people you look up to, and those who do too.";
    all: "全部群", "All groups";
    back: "返回和群", "Back to the groups";
    back_to_group: "返回群", "Back to the group";
    create: "建一个群", "Form a group";
    none_create: "还没有群，来建第一个吧。", "No groups yet: form the first one.";
    none_read: "还没有群。大咖或管理员建好后会出现在这里。",
        "No groups yet. They appear here once a featured member or a moderator forms one.";
    closed: "已关闭", "Closed";
    yours: "已加入", "You are in";
    you_asked: "已申请", "You asked";
    enter: "进群看看", "See the group";
    to_start: "回到开头", "Back to the start";
    more: "更多", "More";
    share: "分享", "Share";

    // The guide.
    guide: "第一次来？", "First time here?";
    step_pick: "挑一个感兴趣的群，先看看大家在说什么。", "Pick a group you like and see what is said.";
    step_join: "点“加入”，用你的账号登录一下，也就加入了圈子。",
        "Tap “Join” and sign in with your account: that makes you a member of the circle, too.";
    step_post: "发一条短内容，文字和图片都可以。", "Post something short, in words or pictures.";

    // Getting in and out.
    join: "加入", "Join";
    ask: "申请加入", "Ask to join";
    approval_note: "群主通过后就能发言", "You can post once the keeper lets you in";
    closed_note: "这个群只接受群主邀请，内容可以随便看。", "Members come by invitation; everybody may read.";
    closed_to_you: "这个群只接受群主邀请", "This group is by invitation";
    asked: "已申请，等待通过", "You have asked to join; the keeper will look at it";
    withdraw: "撤回申请", "Take it back";
    withdrawn: "已撤回申请", "Request taken back";
    out: "群主把你移出了这个群，有疑问请联系管理员。", "The keeper removed you from this group. Ask a moderator if you think that is wrong.";
    leave: "退出这个群", "Leave the group";
    leave_sure: "退出这个群？你发过的内容会保留。", "Leave the group? What you posted stays.";
    left: "已退出", "You left the group";
    already_in: "你已经在群里了", "You are in already";
    not_in: "你不在这个群里", "You are not in this group";
    circle_waits: "你加入圈子的申请还在等待通过，通过后就能进群。",
        "You have asked to join the circle; once you are in, you can join groups.";
    circle_asked: "已申请加入圈子，通过后再来进群", "Asked to join the circle: join groups once you are in";
    circle_closed: "这个圈子不公开招人，请联系圈主", "The circle is by invitation: ask its owner";
    circle_banned: "你已被移出这个圈子。如有疑问，请联系圈主。",
        "You were removed from this circle. Ask its owner if you think that is wrong.";
    over: "这个群已经关闭，只能看不能发。", "This group is closed: read only.";

    // People.
    keeper: "群主", "Keeper";
    featured: "大咖", "Featured";
    here_now: "正在这里", "Here now";
    members: "群成员", "Members";
    joined_on: "加入于", "Joined";
    waiting: "等待通过", "Waiting to be let in";
    invite: "邀请圈子成员", "Invite members of the circle";
    invite_one: "拉进群", "Take in";
    nobody_to_invite: "圈子成员都在群里了。", "Everybody in the circle is in the group.";
    nobody_here_to_invite: "这些成员都在群里了，看看后面的。", "All of these are in: look further on.";
    nobody_in: "群里还没有人。", "Nobody is in this group yet.";

    // Posts.
    stars_say: "大咖说", "Featured voices";
    latest: "最新", "Latest";
    notice: "群公告", "Notice";
    write: "发一条", "Post";
    which: "发到哪个群", "Which group";
    text: "说点什么", "What is on your mind?";
    text_example: "短短一句就好", "A sentence is enough";
    pictures: "图片（最多 9 张）", "Pictures (up to 9)";
    publish: "发布", "Post";
    published: "已发布", "Posted";
    held: "已提交，管理员看过后就会出现", "Sent: it appears once a moderator has seen it";
    state_held: "等待管理员查看", "Waits for a moderator";
    state_rejected: "未通过", "Not accepted";
    write_first: "写点文字或选张图片再发", "Write something or choose a picture first";
    join_first: "先加入一个群再发言", "Join a group to post";
    join_to_talk: "加入这个群后可以评论和点赞", "Join the group to comment and like";
    empty_in: "还没有内容，来发第一条吧。", "No posts yet: write the first one.";
    empty_out: "还没有内容。加入这个群，来发第一条吧。", "No posts yet. Join the group and write the first one.";
    empty_over: "这个群没有留下内容。", "Nothing was posted here.";
    comment: "评论", "Comment";
    comments: "评论", "Comments";
    comment_example: "友善地说", "Be kind";
    commented: "已评论", "Commented";
    first_comment: "还没有评论，来说第一句吧", "No comments yet: say the first word";
    no_comments: "还没有评论", "No comments yet";
    like: "赞", "Like";
    unlike: "已赞", "Liked";
    unliked: "已取消赞", "No longer liked";
    picture: "图片", "Picture";
    gone: "这条内容已被移除。", "This post was removed.";
    remove: "删除", "Delete";
    remove_sure: "删除这条发言？不能恢复。", "Delete this? It cannot be undone.";
    removed: "已删除", "Deleted";
    muted: "你暂时不能发言", "You cannot post for now";

    // Keeping a group.
    manage: "管理", "Manage";
    admit: "通过", "Let in";
    admitted: "已通过", "Let in";
    taken_in: "已拉进群", "Taken in";
    refuse: "拒绝", "Refuse";
    refused: "已拒绝", "Refused";
    put_out: "移出群", "Remove from the group";
    put_out_sure: "移出后不能自己再加入。确定？", "They cannot join again by themselves. Remove them?";
    put_out_done: "已移出群", "Removed from the group";
    make_keeper: "设为群主", "Make keeper";
    make_keeper_sure: "把这个群交给这位成员管理？", "Let them keep this group?";
    keeper_set: "已设为群主", "They keep the group now";
    set_notice: "更新群公告", "Change the notice";
    notice_text: "公告内容（留空则撤下）", "The notice (empty takes it down)";
    notice_set: "公告已更新", "Notice changed";
    notice_down: "公告已撤下", "Notice taken down";
    close: "关闭这个群", "Close the group";
    close_sure: "关闭后不能再加入和发言，内容还在。确定？", "Nobody can join or post then; posts stay. Close it?";
    close_done: "群已关闭", "Group closed";
    reopen: "重新开放", "Open again";
    reopen_done: "群已重新开放", "Group open again";
    name: "群名", "Name";
    name_example: "例如：周末徒步", "Such as: Weekend hikes";
    about: "一句话介绍", "What it is about";
    join_how: "怎么加入", "How to get in";
    founded: "群建好了", "Group formed";
    for_founders: "大咖和管理员可以建群。", "Featured members and moderators form groups.";
    for_moderators: "管理员可以建群。", "Moderators form groups.";
    name_taken: "已经有同名的群了，换一个名字", "There is a group of that name: choose another";
    name_bad: "群名要有 2 到 16 个字，不能有 # 和 /", "A name has 2 to 16 characters, without # and /";
    too_many: "这个圈子的群已经满了", "This circle has as many groups as it can";

    // What went wrong.
    not_allowed: "你不能做这个操作，刷新看看是不是有变动", "You may not do that: load the card again to see what changed";
    not_there: "要操作的内容已经不在了，刷新看看", "What this was about is gone: load the card again";
    changed: "已经有人处理过了，刷新看看", "Somebody else has decided already: load the card again";
    too_much: "做得太快太多了，过一会儿再试", "That was a lot in a short time: try again later";
    no_picture: "图片没有传上来，请重新选择", "A picture has not arrived: choose it again";
}

impl Words {
    pub fn of<C>(cx: &CardContext<C>) -> Self {
        Self {
            is_chinese: cx.is_chinese(),
        }
    }

    pub fn groups_count(self, groups: usize) -> String {
        self.counted(groups as u64, "个群", "group")
    }

    pub fn people_count(self, people: u64) -> String {
        self.pick(
            format!("{people} 人"),
            match people {
                1 => "1 person".to_owned(),
                people => format!("{people} people"),
            },
        )
    }

    pub fn policy(self, policy: Policy) -> &'static str {
        match policy {
            Policy::Open => self.pick("随便进", "Open"),
            Policy::Approval => self.pick("要审批", "By approval"),
            Policy::Closed => self.pick("邀请制", "By invitation"),
        }
    }

    pub fn welcome_to(self, group: &str) -> String {
        self.pick(format!("欢迎来到{group}"), format!("Welcome to {group}"))
    }

    pub fn likes(self, likes: u64) -> String {
        self.counted(likes, "赞", "like")
    }

    pub fn like_button(self, likes: u64, is_liked: bool) -> String {
        let label = if is_liked { self.unlike() } else { self.like() };
        with_count(label, likes)
    }

    pub fn comments_link(self, comments: u32) -> String {
        with_count(self.comment(), comments.into())
    }

    pub fn members_link(self, waiting: usize) -> String {
        with_count(self.members(), waiting as u64)
    }

    pub fn reason_is(self, reason: &str) -> String {
        self.pick(format!("原因：{reason}"), format!("Reason: {reason}"))
    }

    fn counted(self, count: u64, chinese: &str, english: &str) -> String {
        let plural = if count == 1 { "" } else { "s" };
        self.pick(
            format!("{count} {chinese}"),
            format!("{count} {english}{plural}"),
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
