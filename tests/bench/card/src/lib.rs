//! The bench's card: the ten latest posts of a reading circle, 53 nodes and
//! some three kilobytes of text, with nothing read from the host.
//!
//! The same source is the component that the host runs and the native code
//! that the bench holds beside it. It is written as a card's author would, and
//! the host is never tuned to it.

use quanka_card::prelude::*;
use serde::Deserialize;
use std::hint::black_box;

/// The card.
pub struct Posts;

/// What the bench varies.
#[derive(Deserialize)]
pub struct Config {
    posts: Option<usize>,
    draws: Option<u32>,
}

impl Card for Posts {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        let posts = &POSTS[..cx.config.posts.unwrap_or(POSTS.len()).min(POSTS.len())];
        // Drawing again in one call tells what drawing costs without the call.
        for _ in 1..cx.config.draws.unwrap_or(1) {
            drop(black_box(draw(black_box(posts))));
        }
        Ok(draw(posts))
    }
}

quanka_card::export!(Posts, static);

struct Post {
    author: &'static str,
    written_ms: u64,
    text: &'static str,
}

fn draw(posts: &[Post]) -> View {
    let view = View::new("读书圈动态").summary(format!("最近 {} 条读书札记", posts.len()));
    if posts.is_empty() {
        return view.body(heading(2, "读书圈动态"));
    }
    view.body((
        heading(2, "读书圈动态"),
        text(format!("最近 {} 条", posts.len())).caption().muted(),
        each(posts, post),
    ))
}

fn post(post: &Post) -> Element {
    column((
        row((
            badge(post.author),
            time(Timestamp::from_ms(post.written_ms)),
        )),
        text(post.text).max_lines(4),
    ))
}

const POSTS: [Post; 10] = [
    Post {
        author: "阿南",
        written_ms: 1_763_856_000_000,
        text: "把《边城》又读了一遍。年轻时只看见翠翠的等待，如今看见的是老船夫：他什么都想到了，\
               偏偏没有想到自己会先走。沈从文写水，写的其实是人对无常的好脾气。",
    },
    Post {
        author: "小满",
        written_ms: 1_763_852_400_000,
        text: "读《江村经济》读到蚕丝一章，才明白“副业”二字的分量：对一户人家来说，那不是零钱，\
               是孩子能不能继续念书。数字背后都是饭碗。",
    },
    Post {
        author: "周末读书人",
        written_ms: 1_763_848_800_000,
        text: "今天在地铁上看完了《我的阿勒泰》。最喜欢外婆的那几篇，笑着笑着就不笑了。\
               好散文大概就是这样，不催你哭，只把灯移近一点。",
    },
    Post {
        author: "林间",
        written_ms: 1_763_845_200_000,
        text: "《万历十五年》的好处，是让人看见制度里的每个人都不算坏，也都尽了力，事情却还是坏下去了。\
               合上书想了很久自己的单位。",
    },
    Post {
        author: "贝贝妈",
        written_ms: 1_763_841_600_000,
        text: "陪孩子读《草房子》，他问我桑桑为什么要把蚊帐剪了去捕鱼。我说因为他觉得自己有道理。\
               他点点头：那我明白了。",
    },
    Post {
        author: "老秦",
        written_ms: 1_763_838_000_000,
        text: "《平凡的世界》第三遍。第一遍看爱情，第二遍看奋斗，这一遍专看吃饭：谁家什么时候能吃上白馍，\
               比任何年表都清楚。",
    },
    Post {
        author: "一苇",
        written_ms: 1_763_834_400_000,
        text: "推荐《夜晚的潜水艇》，不是每一篇都好，但开头那一篇足够让人记住一个名字。\
               想象力也是要还的债，这个念头真妙。",
    },
    Post {
        author: "海盐",
        written_ms: 1_763_830_800_000,
        text: "读完《长安的荔枝》，晚上真的去买了两斤荔枝。吃着吃着开始算成本，\
               算到第三颗就明白李善德为什么睡不着了。",
    },
    Post {
        author: "青禾",
        written_ms: 1_763_827_200_000,
        text: "《秋园》写一个普通女人的八十年，没有一句抱怨。作者六十岁才在厨房里动笔，\
               锅里煮着饭，纸上写着母亲。我们总说来不及，其实是没有坐下来。",
    },
    Post {
        author: "渡口",
        written_ms: 1_763_823_600_000,
        text: "下个月想和大家一起读《呼兰河传》。萧红写的是一座小城的冷，读起来却处处是她祖父后园里的太阳。\
               愿意一起的请在下面留个言。",
    },
];
