//! The card's pages: what a link names, and what a reader then sees.

/// Where in the card a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// The card as an article shows it.
    Home,
    /// A list of posts.
    Posts(List, After<'a>),
    /// The form for a post.
    Write,
    /// One post and what was answered, by its id.
    Post(&'a str, After<'a>),
    /// The reader's own posts.
    Mine(After<'a>),
    Members(After<'a>),
    /// What moderators and the owner do.
    Manage(Desk, After<'a>),
}

/// Where a list goes on; its beginning if there is nothing.
pub type After<'a> = &'a str;

/// Which posts, in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Latest,
    Hot,
    Featured,
}

/// The parts of the page on which order is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    /// Who and what waits.
    Waiting,
    Posts,
    Members,
    Banned,
}

impl List {
    pub const ALL: [List; 3] = [List::Latest, List::Hot, List::Featured];

    fn name(self) -> &'static str {
        match self {
            List::Latest => "latest",
            List::Hot => "hot",
            List::Featured => "featured",
        }
    }
}

impl Desk {
    pub const ALL: [Desk; 4] = [Desk::Waiting, Desk::Posts, Desk::Members, Desk::Banned];

    fn name(self) -> &'static str {
        match self {
            Desk::Waiting => "waiting",
            Desk::Posts => "posts",
            Desk::Members => "members",
            Desk::Banned => "banned",
        }
    }
}

impl<'a> Place<'a> {
    /// The page that a link names; none if the card has no such page.
    pub fn parse(at: &'a str) -> Option<Self> {
        let mut parts = at.splitn(3, '/');
        let head = parts.next()?;
        let (second, third) = (parts.next(), parts.next());
        // A trailing slash names nothing.
        if [second, third].contains(&Some("")) {
            return None;
        }
        let second_or_start = second.unwrap_or_default();
        let third_or_start = third.unwrap_or_default();
        let place = match (head, second) {
            ("", None) => Place::Home,
            ("post", None) => Place::Write,
            ("post", Some(id)) => Place::Post(id, third_or_start),
            ("posts", Some(list)) => {
                let list = List::ALL.into_iter().find(|known| known.name() == list)?;
                Place::Posts(list, third_or_start)
            }
            ("mine", _) if third.is_none() => Place::Mine(second_or_start),
            ("members", _) if third.is_none() => Place::Members(second_or_start),
            ("manage", None) => Place::Manage(Desk::Waiting, ""),
            ("manage", Some(desk)) => {
                let desk = Desk::ALL.into_iter().find(|known| known.name() == desk)?;
                Place::Manage(desk, third_or_start)
            }
            _ => return None,
        };
        Some(place)
    }

    /// What a link to the page names.
    pub fn at(self) -> String {
        let (page, after) = match self {
            Place::Home => return String::new(),
            Place::Write => return "post".to_owned(),
            Place::Posts(list, after) => (format!("posts/{}", list.name()), after),
            Place::Post(id, after) => (format!("post/{id}"), after),
            Place::Mine(after) => ("mine".to_owned(), after),
            Place::Members(after) => ("members".to_owned(), after),
            Place::Manage(Desk::Waiting, "") => return "manage".to_owned(),
            Place::Manage(desk, after) => (format!("manage/{}", desk.name()), after),
        };
        match after {
            "" => page,
            after => format!("{page}/{after}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_page_it_names() {
        fn check(at: &str, expected: Place<'_>) {
            assert_eq!(Place::parse(at), Some(expected), "{at}");
            assert_eq!(expected.at(), at);
        }
        check("", Place::Home);
        check("post", Place::Write);
        check("post/p1", Place::Post("p1", ""));
        check("post/p1/next", Place::Post("p1", "next"));
        check("posts/latest", Place::Posts(List::Latest, ""));
        check("posts/hot/a_b-c", Place::Posts(List::Hot, "a_b-c"));
        check("posts/featured", Place::Posts(List::Featured, ""));
        check("mine/x", Place::Mine("x"));
        check("members", Place::Members(""));
        check("manage", Place::Manage(Desk::Waiting, ""));
        check("manage/waiting/n", Place::Manage(Desk::Waiting, "n"));
        check("manage/posts", Place::Manage(Desk::Posts, ""));
        check("manage/members/n", Place::Manage(Desk::Members, "n"));
        check("manage/banned", Place::Manage(Desk::Banned, ""));
    }

    #[test]
    fn what_is_no_page_is_none() {
        for at in [
            "/",
            "x",
            "post/",
            "post/p/",
            "posts",
            "posts/",
            "posts/worst",
            "mine/x/y",
            "members/x/y",
            "manage/",
            "manage/money",
            "home",
        ] {
            assert_eq!(Place::parse(at), None, "{at}");
        }
    }
}
