//! The card's pages: what a link names, and what a reader then sees.

use crate::name;

/// Where in the card a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// The card as an article shows it.
    Home,
    /// The reader's own tags.
    Mine,
    /// The reader's records under a tag.
    MyTag(&'a str, After<'a>),
    /// The form for this week's record under a tag.
    Write(&'a str),
    /// The tags that are written under most.
    Tags,
    /// What everybody shows under a tag.
    Tag(&'a str, List, After<'a>),
    /// One record and what was answered, by its id.
    Post(&'a str, After<'a>),
}

/// Where a list goes on; its beginning if there is nothing.
pub type After<'a> = &'a str;

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Newest,
    Hot,
}

impl List {
    pub const ALL: [List; 2] = [List::Newest, List::Hot];

    fn name(self) -> &'static str {
        match self {
            List::Newest => "newest",
            List::Hot => "hot",
        }
    }
}

impl<'a> Place<'a> {
    /// The page that a link names; none if the card has no such page.
    pub fn parse(at: &'a str) -> Option<Self> {
        let (head, rest) = match at.split_once('/') {
            Some((head, rest)) => (head, Some(rest)),
            None => (at, None),
        };
        let Some(rest) = rest else {
            return match head {
                "" => Some(Place::Home),
                "mine" => Some(Place::Mine),
                "tags" => Some(Place::Tags),
                _ => None,
            };
        };
        let (second, third) = parted(rest)?;
        let place = match head {
            "post" => Place::Post(second, third),
            _ if !name::is_name(second) => return None,
            "mine" => Place::MyTag(second, third),
            "write" if third.is_empty() => Place::Write(second),
            "tag" if third.is_empty() => Place::Tag(second, List::Newest, ""),
            "tag" => {
                let (list, after) = parted(third)?;
                let list = List::ALL.into_iter().find(|known| known.name() == list)?;
                Place::Tag(second, list, after)
            }
            _ => return None,
        };
        Some(place)
    }

    /// What a link to the page names.
    pub fn at(self) -> String {
        let (page, after) = match self {
            Place::Home => return String::new(),
            Place::Mine => return "mine".to_owned(),
            Place::Tags => return "tags".to_owned(),
            Place::Write(tag) => return format!("write/{tag}"),
            Place::Tag(tag, List::Newest, "") => return format!("tag/{tag}"),
            Place::MyTag(tag, after) => (format!("mine/{tag}"), after),
            Place::Tag(tag, list, after) => (format!("tag/{tag}/{}", list.name()), after),
            Place::Post(id, after) => (format!("post/{id}"), after),
        };
        match after {
            "" => page,
            after => format!("{page}/{after}"),
        }
    }
}

/// What stands before the first slash, and what behind it. A trailing slash
/// names nothing.
fn parted(text: &str) -> Option<(&str, &str)> {
    match text.split_once('/') {
        Some((_, "")) | Some(("", _)) => None,
        Some(both) => Some(both),
        None if text.is_empty() => None,
        None => Some((text, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_page_it_names() {
        #[track_caller]
        fn check(at: &str, expected: Place<'_>) {
            assert_eq!(Place::parse(at), Some(expected), "{at}");
            assert_eq!(expected.at(), at);
        }
        check("", Place::Home);
        check("mine", Place::Mine);
        check("mine/跑步", Place::MyTag("跑步", ""));
        check("mine/跑步/next", Place::MyTag("跑步", "next"));
        check("write/跑步", Place::Write("跑步"));
        check("write/slow cooking", Place::Write("slow cooking"));
        check("tags", Place::Tags);
        check("tag/跑步", Place::Tag("跑步", List::Newest, ""));
        check("tag/跑步/newest/n", Place::Tag("跑步", List::Newest, "n"));
        check("tag/跑步/hot", Place::Tag("跑步", List::Hot, ""));
        check("tag/跑步/hot/n", Place::Tag("跑步", List::Hot, "n"));
        check("post/p1", Place::Post("p1", ""));
        check("post/p1/next", Place::Post("p1", "next"));
    }

    #[test]
    fn what_is_no_page_is_none() {
        for at in [
            "/",
            "home",
            "mine/",
            "mine/跑步/",
            "mine/#跑步",
            "mine/一二三四五六七八九十一二三四五六七",
            "write",
            "write/",
            "write/跑步/x",
            "tags/x",
            "tag",
            "tag/",
            "tag/ 跑步",
            "tag/跑步/",
            "tag/跑步/worst",
            "tag/跑步/hot/",
            "post",
            "post/",
            "post/p/",
        ] {
            assert_eq!(Place::parse(at), None, "{at}");
        }
    }
}
