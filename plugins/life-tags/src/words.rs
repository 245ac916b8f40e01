//! Everything readers read, in Chinese and English.

use quanka_card::prelude::*;

use crate::hot::{Hot, Trend};
use crate::name;
use crate::week::Week;

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
    name: "我还", "Life tags";
    motto: "每个标签都是你的一面，一周写一条。", "Every tag is one side of your life: write one record a week.";
    welcome: "跑步、读书、早起……给自己一个标签，一周写一条，慢慢写成一年。",
        "Running, reading, rising early: take a tag, write one record a week, and see it grow into a year.";
    summary: "每个标签都是你的一面：一周一条记录，看看大家都在记什么。",
        "Every tag is one side of your life. One record a week; see what others keep.";

    // Coming in.
    join: "加入圈子", "Join the circle";
    ask_to_join: "申请加入", "Ask to join";
    approval_note: "管理员通过后就能写", "You can write once a moderator lets you in";
    closed_note: "这个圈子不公开招人，由圈主邀请。公开的记录可以随便看。",
        "This circle is by invitation of its owner. Everybody may read along.";
    closed_to_you: "这个圈子不公开招人，请联系圈主",
        "This circle is by invitation: ask its owner";
    waiting: "已申请，等管理员通过就能写", "You have asked to join: you can write once a moderator lets you in";
    asked: "已申请，等待通过", "Asked to join: a moderator will look at it";
    already_in: "你已经在圈子里了", "You are a member already";
    banned: "你已被移出这个圈子。如有疑问，请联系圈主。",
        "You were removed from this circle. Ask its owner if you think that is wrong.";
    members_write: "加入圈子后就能写记录", "Join the circle to write records";

    // My tags.
    mine: "我的标签", "My tags";
    first_tag: "你的第一个标签", "Your first tag";
    new_tag: "新的标签", "A new tag";
    tag_example: "跑步", "Running";
    start: "开始记录", "Begin";
    add: "添加", "Add";
    add_more: "再加一个标签", "Add another tag";
    private_note: "记录默认只有你能看到，公开由你决定。", "Records are yours alone until you show them.";
    open_default: "新记录默认公开", "Show new records to everybody";
    make_open_default: "改为默认公开", "Show new ones by default";
    make_private_default: "改为默认仅自己可见", "Keep new ones to myself by default";
    is_open_default: "新记录默认公开", "New records are shown to everybody";
    is_private_default: "新记录默认仅自己可见", "New records are yours alone";
    no_tags: "你还没有标签。先给自己一个吧。", "You have no tags yet: take the first one.";
    archived_tags: "收起的标签", "Tags put away";
    archive: "收起这个标签", "Put this tag away";
    archive_sure: "收起这个标签？记录都会留着，随时可以恢复。", "Put this tag away? Its records stay, and you can take it up again.";
    restore: "恢复", "Take it up again";
    written_badge: "本周已写", "Written";
    unwritten_badge: "本周还没写", "Not yet this week";
    unwritten: "这周还没写", "Not written this week";
    write: "写", "Write";
    improve: "改", "Improve";
    write_week: "写本周的记录", "Write this week’s record";
    improve_week: "改本周的记录", "Improve this week’s record";
    week_ends: "本周截止", "The week ends";
    sign_in_for_own: "加入圈子后，你的标签和记录会在这里。", "Once you are a member, your tags and records are here.";

    // Streaks.
    streak_now: "连续", "In a row";
    streak_longest: "最长连续", "Longest";
    returns: "回来次数", "Came back";
    records: "记录", "Records";
    goes_on: "只统计最近 200 条记录。", "Of the last 200 records.";

    // Reminders.
    remind_on: "周末提醒我", "Remind me at the end of the week";
    remind_off: "不用提醒了", "No more reminders";
    remind_note: "到时候打开这张卡片，会看到还有哪些标签没写。卡片不会发消息给你。",
        "You see what is not written when you open this card then. It sends you no messages.";

    // Records.
    my_records: "我的记录", "My records";
    no_records: "还没有记录。写下第一条吧，一句话也行。", "No records yet. Write the first: one sentence will do.";
    text: "这周怎么样？", "How was this week?";
    text_example: "一句话也行，本周内随时可以再改", "One sentence will do; improve it until the week ends";
    pictures: "图片（最多 3 张）", "Pictures (up to 3)";
    pictures_new: "换图片（最多 3 张，会替换原来的）", "Other pictures (up to 3, instead of those that are there)";
    no_pictures: "去掉原来的图片", "Take out the pictures that are there";
    open: "公开，大家都能看到", "Show it to everybody";
    save: "保存", "Save";
    pre_approval_note: "公开的记录，管理员看过后大家才能看到。",
        "Others see what you show once a moderator has seen it.";
    only_you: "仅自己可见", "Only you see this";
    publish: "公开", "Show";
    publish_sure: "公开这条记录？大家都能看到。", "Show this record to everybody?";
    hide: "设为仅自己可见", "Keep to myself";
    remove: "删除", "Delete";
    remove_sure: "删除？不能恢复。", "Delete this? It cannot be undone.";
    removed: "已删除", "Deleted";
    published: "已公开", "Everybody sees it now";
    hidden: "现在只有你能看到", "Only you see it now";
    held: "已提交，管理员看过后就会出现", "Sent: it appears once a moderator has seen it";
    write_first: "写点文字或选张图片再保存", "Write something or choose a picture first";
    no_picture: "图片没有传上来，请重新选择", "A picture has not arrived: choose it again";
    state_held: "等待管理员查看", "Waits for a moderator";
    state_rejected: "未通过", "Not accepted";
    state_removed: "已移除", "Removed";
    gone: "这条记录已被移除。", "This record was removed.";
    this_week: "本周", "This week";

    // Hot tags.
    hot_tags: "热门标签", "Hot tags";
    hot_now: "本周热门", "Hot this week";
    no_hot: "这两周还没有公开的记录。写一条，你就是第一个。", "Nobody has shown a record lately. Write one and be the first.";
    no_closed: "每周结束时，这里会有上一周的榜单。", "When a week ends, its list stands here.";
    more: "更多", "More";
    to_start: "回到开头", "Back to the start";
    back: "返回", "Back";
    back_to_mine: "返回我的标签", "Back to my tags";
    newest: "最新", "Latest";
    liked_most: "热门", "Popular";
    who_writes: "最近在写的人", "Who writes";
    i_too: "我也记这个", "I keep this too";
    my_own: "我的记录", "My records";
    tag_page: "大家的记录", "What others write";
    nothing_shown: "还没有人公开记录。", "Nobody has shown a record yet.";
    weeks_of_tag: "近 12 周每周公开的记录", "Records shown in each of 12 weeks";

    // Talk.
    share: "分享", "Share";
    like: "赞", "Like";
    unlike: "已赞", "Liked";
    liked: "已赞", "Liked";
    unliked: "已取消赞", "No longer liked";
    reply: "回复", "Reply";
    reply_example: "友善地说", "Be kind";
    replied: "已回复", "Replied";
    replies: "回复", "Replies";
    no_replies: "还没有回复", "No replies yet";
    first_reply: "还没有回复，来说第一句吧", "No replies yet: say the first word";
    reply_by_members: "加入圈子后可以回复和点赞", "Members reply and like";
    write_reply_first: "写点什么再回复", "Write something first";
    muted: "你暂时不能发言，到", "You cannot post until";
    muted_now: "你暂时不能发言", "You cannot post for now";
    picture: "图片", "Picture";
    open_record: "查看", "Open";

    // What went wrong.
    name_empty: "给标签起个名字", "Give the tag a name";
    name_sign: "标签里不能有 # 和 /", "A tag has no # and no /";
    not_allowed: "你不能做这个操作，刷新看看是不是有变动", "You may not do that: load the card again to see what changed";
    not_there: "要操作的内容已经不在了，刷新看看", "What this was about is gone: load the card again";
    changed: "刚刚有了变动，刷新看看", "Something has changed: load the card again";
    too_much: "做得太快太多了，过一会儿再试", "That was a lot in a short time: try again later";

    // The guide.
    guide: "第一次来？", "First time here?";
    step_tag: "给自己一个标签，比如“跑步”，登录一下就能开始。",
        "Take a tag, such as “Running”, and sign in with your account.";
    step_week: "每周在标签下写一条，周日结束前随时改。", "Write one record a week under it; improve it until Sunday ends.";
    step_year: "只给自己看，或者公开给大家。写着写着，就是一年。",
        "Keep it to yourself or show it. Week by week it becomes a year.";
}

impl Words {
    pub fn of<C>(cx: &CardContext<C>) -> Self {
        Self {
            is_chinese: cx.is_chinese(),
        }
    }

    /// Tags to begin with where the publisher names none.
    pub fn tags_to_take(self) -> [&'static str; 4] {
        self.pick(
            ["跑步", "读书", "早起", "做饭"],
            ["Running", "Reading", "Early", "Cooking"],
        )
    }

    pub fn welcome_in(self, circle: &str) -> String {
        self.pick(format!("欢迎加入{circle}"), format!("Welcome to {circle}"))
    }

    pub fn tag_added(self, tag: &str) -> String {
        self.pick(
            format!("#{tag} 已开始，写下本周的第一条吧"),
            format!("#{tag} begins: write this week’s record"),
        )
    }

    pub fn tag_kept_asked(self, tag: &str) -> String {
        self.pick(
            format!("#{tag} 已记下。已申请加入，通过后就能写"),
            format!("#{tag} is kept. You can write once a moderator lets you in"),
        )
    }

    pub fn tag_known(self, tag: &str) -> String {
        self.pick(
            format!("你已经有 #{tag} 了"),
            format!("You keep #{tag} already"),
        )
    }

    pub fn tag_archived(self, tag: &str) -> String {
        self.pick(
            format!("#{tag} 已收起，记录都还在"),
            format!("#{tag} is put away; its records stay"),
        )
    }

    pub fn tag_gone(self, tag: &str) -> String {
        self.pick(format!("#{tag} 已去掉"), format!("#{tag} is gone"))
    }

    pub fn name_too_long(self) -> String {
        let max = name::CHARS_MAX;
        self.pick(
            format!("标签最多 {max} 个字"),
            format!("A tag has at most {max} characters"),
        )
    }

    pub fn too_many_tags(self, max: usize) -> String {
        self.pick(
            format!("最多同时有 {max} 个标签，先收起一个吧"),
            format!("At most {max} tags at a time: put one away first"),
        )
    }

    pub fn too_many_archived(self, max: usize) -> String {
        self.pick(
            format!("连收起的一共最多 {max} 个标签，恢复一个旧的吧"),
            format!("At most {max} tags in all: take up one that you put away"),
        )
    }

    pub fn default_set(self, is_open: bool) -> &'static str {
        match is_open {
            true => self.is_open_default(),
            false => self.is_private_default(),
        }
    }

    pub fn reminder_set(self, is_on: bool) -> &'static str {
        match is_on {
            true => self.pick(
                "好的，周末打开卡片时会提醒你",
                "Good: the card reminds you when you open it at the end of the week",
            ),
            false => self.pick("不再提醒", "No more reminders"),
        }
    }

    pub fn week_over(self, period: &str) -> String {
        self.pick(
            format!("{period} 已经结束，不能再改了。刷新后写新的一周吧"),
            format!("{period} is over and stays as it is. Load the card again for the new week"),
        )
    }

    pub fn saved(self, is_edit: bool) -> &'static str {
        match is_edit {
            true => self.pick("已更新，仅自己可见", "Improved; only you see it"),
            false => self.pick("已写下，仅自己可见", "Written; only you see it"),
        }
    }

    pub fn saved_open(self, is_edit: bool) -> &'static str {
        match is_edit {
            true => self.pick("已更新", "Improved"),
            false => self.pick("已公开发布", "Written, and shown to everybody"),
        }
    }

    pub fn shown_already(self, is_open: bool) -> &'static str {
        match is_open {
            true => self.pick("这条已经是公开的", "Everybody sees it already"),
            false => self.pick("这条已经只有你能看到", "Only you see it already"),
        }
    }

    pub fn week(self, week: Week) -> String {
        let (year, number) = (week.year(), week.number());
        self.pick(
            format!("{year} 年第 {number} 周"),
            format!("Week {number}, {year}"),
        )
    }

    pub fn year_of_tag(self, year: u64, tag: &str) -> String {
        self.pick(
            format!("{year} 年 #{tag} 每周的记录"),
            format!("Records of #{tag} in each week of {year}"),
        )
    }

    pub fn year(self, year: u64) -> String {
        self.pick(
            format!("{year} 年每周的记录"),
            format!("Records in each week of {year}"),
        )
    }

    pub fn weeks(self, weeks: u64) -> String {
        self.counted(weeks, "周", "week")
    }

    pub fn times(self, times: u64) -> String {
        self.counted(times, "次", "time")
    }

    /// Weeks in a row; nothing for fewer than two.
    pub fn in_a_row(self, weeks: u64) -> Option<String> {
        (weeks >= 2).then(|| {
            self.pick(
                format!("连续 {weeks} 周"),
                format!("{weeks} weeks in a row"),
            )
        })
    }

    /// How many wrote this week and the last.
    pub fn updates(self, now: u64, before: u64) -> String {
        self.pick(
            format!("本周 {now} · 上周 {before}"),
            format!("{now} this week · {before} last week"),
        )
    }

    /// What a link to a tag's page says.
    pub fn summary_of(self, hot: &Hot) -> String {
        let (tag, count) = (&hot.tag, hot.count);
        match count {
            0 => self.pick(
                format!("#{tag}：看看大家一周一条的记录。"),
                format!("#{tag}: what others write, one record a week."),
            ),
            _ => self.pick(
                format!("#{tag}：{}，看看大家怎么说。", self.this_week_count(count)),
                format!(
                    "#{tag}: {}. See what others write.",
                    self.this_week_count(count)
                ),
            ),
        }
    }

    /// How many keep a tag.
    pub fn keepers(self, count: u64) -> String {
        match count {
            1 => self.pick("1 人在记", "1 keeps it").to_owned(),
            _ => self.pick(format!("{count} 人在记"), format!("{count} keep it")),
        }
    }

    /// How many wrote in a week that is over.
    pub fn updates_then(self, count: u64) -> String {
        self.counted(count, "条记录", "record")
    }

    pub fn this_week_count(self, records: u64) -> String {
        self.pick(
            format!("本周 {records} 条公开的记录"),
            format!("{records} record{} shown this week", plural(records)),
        )
    }

    pub fn trend(self, trend: Trend) -> &'static str {
        match trend {
            Trend::Up => self.pick("↑ 上升", "↑ Up"),
            Trend::Steady => self.pick("→ 持平", "→ Steady"),
            Trend::Down => self.pick("↓ 回落", "↓ Down"),
        }
    }

    pub fn hot_of(self, week: &str) -> String {
        self.pick(format!("{week} 的榜单"), format!("The list of {week}"))
    }

    pub fn still_to_write(self, tags: usize) -> String {
        self.pick(
            format!("这周还有 {tags} 个标签没写"),
            format!(
                "Not yet written this week: {tags} tag{}",
                plural(tags as u64)
            ),
        )
    }

    /// What those who keep order see of the reminders.
    pub fn reminded(self, week: &str, asked: u64, waiting: u64) -> String {
        self.pick(
            format!("{week} 提醒时：{asked} 人要提醒，{waiting} 人还没写"),
            format!("Reminder of {week}: {asked} asked for it, {waiting} had not written"),
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
