//! What may be posted, and how order is kept.

use crate::config::read::{list, number, section};

section! {
    /// `[posts]`
    Posts {
        /// Characters of a text; the contract's figure at most.
        text_chars_max: usize = number(1..=2_000),
        /// Tags of a post.
        tags_max: usize = number(0..=5),
        /// Pictures of a post.
        pictures_max: usize = number(0..=9),
        /// Posts of one member in an hour, replies not counted.
        posts_per_hour_per_member: usize = number(1..=10_000),
        /// Replies of one member in an hour.
        replies_per_hour_per_member: usize = number(1..=10_000),
        /// Earlier texts that are kept of a post.
        revisions_max: u32 = number(0..=100),
        /// Reactions that one member can give one post.
        reactions_per_post_max: usize = number(1..=100),
        /// Posts that are looked at for one page.
        looked_at_max: usize = number(50..=10_000),
        /// Keys and counters after which one action posts no more.
        writes_max: usize = number(64..=16_384),
        /// Posts that one circle keeps, whatever became of them.
        per_circle_max: u64 = number(1..=1 << 40),
    }
}

section! {
    /// `[moderation]`
    Moderation {
        /// Words that hold a post.
        words_hold: Vec<String> = list(read::text),
        /// Words that are not posted.
        words_refuse: Vec<String> = list(read::text),
        /// Reports that hold a post.
        reports_hold: usize = number(1..=10_000),
    }
}
