//! The card's pages: what a link names, and what a reader then sees.

/// Where in the card a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// The card as an article shows it: the best.
    Home,
    /// Recommendations that a moderator put first.
    Best(After<'a>),
    /// Recommendations, the last first.
    New(After<'a>),
    /// Recommendations, what is liked now first.
    Hot(After<'a>),
    /// What the reader wants, and what others wish for.
    Wishes(After<'a>),
    /// Who asks for recommendations.
    Asks(After<'a>),
    Topics,
    /// One topic's recommendations, by its id.
    Topic(&'a str, After<'a>),
    /// One post and what was answered, by its id.
    Post(&'a str, After<'a>),
    /// The form for a recommendation, perhaps in a topic.
    Add(Option<&'a str>),
    /// The form for a question.
    Ask,
    /// The reader's own posts.
    Mine(After<'a>),
    /// Who has the most points.
    Members,
    /// One member, and what they recommend.
    Member(&'a str, After<'a>),
    /// What waits for a moderator.
    Queue(After<'a>),
    /// What moderators and the owner do.
    Manage,
}

/// Where a list goes on; its beginning if there is nothing.
pub type After<'a> = &'a str;

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
        let after = second.unwrap_or_default();
        let place = match (head, second, third) {
            ("", None, None) => Place::Home,
            ("best", _, None) => Place::Best(after),
            ("new", _, None) => Place::New(after),
            ("hot", _, None) => Place::Hot(after),
            ("wishes", _, None) => Place::Wishes(after),
            ("asks", _, None) => Place::Asks(after),
            ("topics", None, None) => Place::Topics,
            ("topic", Some(id), after) => Place::Topic(id, after.unwrap_or_default()),
            ("post", Some(id), after) => Place::Post(id, after.unwrap_or_default()),
            ("add", topic, None) => Place::Add(topic),
            ("ask", None, None) => Place::Ask,
            ("mine", _, None) => Place::Mine(after),
            ("members", None, None) => Place::Members,
            ("member", Some(id), after) => Place::Member(id, after.unwrap_or_default()),
            ("queue", _, None) => Place::Queue(after),
            ("manage", None, None) => Place::Manage,
            _ => return None,
        };
        Some(place)
    }

    /// What a link to the page names.
    pub fn at(self) -> String {
        let (page, after) = match self {
            Place::Home => (String::new(), ""),
            Place::Best(after) => ("best".to_owned(), after),
            Place::New(after) => ("new".to_owned(), after),
            Place::Hot(after) => ("hot".to_owned(), after),
            Place::Wishes(after) => ("wishes".to_owned(), after),
            Place::Asks(after) => ("asks".to_owned(), after),
            Place::Topics => ("topics".to_owned(), ""),
            Place::Topic(id, after) => (format!("topic/{id}"), after),
            Place::Post(id, after) => (format!("post/{id}"), after),
            Place::Add(topic) => ("add".to_owned(), topic.unwrap_or_default()),
            Place::Ask => ("ask".to_owned(), ""),
            Place::Mine(after) => ("mine".to_owned(), after),
            Place::Members => ("members".to_owned(), ""),
            Place::Member(id, after) => (format!("member/{id}"), after),
            Place::Queue(after) => ("queue".to_owned(), after),
            Place::Manage => ("manage".to_owned(), ""),
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
        check("best", Place::Best(""));
        check("best/n", Place::Best("n"));
        check("new", Place::New(""));
        check("new/n", Place::New("n"));
        check("hot/a_b-c", Place::Hot("a_b-c"));
        check("wishes", Place::Wishes(""));
        check("wishes/n", Place::Wishes("n"));
        check("asks/n", Place::Asks("n"));
        check("topics", Place::Topics);
        check("topic/t", Place::Topic("t", ""));
        check("topic/t/n", Place::Topic("t", "n"));
        check("post/p1", Place::Post("p1", ""));
        check("post/p1/next", Place::Post("p1", "next"));
        check("add", Place::Add(None));
        check("add/t", Place::Add(Some("t")));
        check("ask", Place::Ask);
        check("mine/x", Place::Mine("x"));
        check("members", Place::Members);
        check("member/m/n", Place::Member("m", "n"));
        check("queue", Place::Queue(""));
        check("queue/n", Place::Queue("n"));
        check("manage", Place::Manage);
    }

    #[test]
    fn what_is_no_page_is_none() {
        for at in [
            "/",
            "x",
            "home",
            "best/",
            "best/x/y",
            "new/",
            "new/x/y",
            "topic",
            "topic/",
            "topics/x",
            "post",
            "post/p/",
            "add/t/x",
            "ask/x",
            "mine/x/y",
            "member",
            "members/x",
            "queue/x/y",
            "manage/x",
        ] {
            assert_eq!(Place::parse(at), None, "{at}");
        }
    }
}
