//! The card's pages: what a link names, and what a reader then sees.

/// Where in the card a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// The first groups, as an article shows them.
    Discover,
    /// All groups.
    All,
    /// A group, by its id, and where its posts go on.
    Group(&'a str, After<'a>),
    /// Who is in a group.
    Members(&'a str, After<'a>),
    /// Who of the circle may be invited into a group.
    Invite(&'a str, After<'a>),
    /// One post and what was answered.
    Post(&'a str, After<'a>),
    /// The form for a post; into one group, if it says which.
    New(Option<&'a str>),
    /// The form for a group.
    Create,
}

/// Where a list goes on; its beginning if there is nothing.
pub type After<'a> = &'a str;

impl<'a> Place<'a> {
    /// The page that a link names; none if the card has no such page.
    pub fn parse(at: &'a str) -> Option<Self> {
        let parts: Vec<&str> = at.split('/').collect();
        if at.is_empty() {
            return Some(Place::Discover);
        }
        if parts.contains(&"") {
            return None;
        }
        let place = match parts.as_slice() {
            ["all"] => Place::All,
            ["group", id] => Place::Group(id, ""),
            ["group", id, "members"] => Place::Members(id, ""),
            ["group", id, "members", after] => Place::Members(id, after),
            ["group", id, "invite"] => Place::Invite(id, ""),
            ["group", id, "invite", after] => Place::Invite(id, after),
            ["group", id, after] => Place::Group(id, after),
            ["post", id] => Place::Post(id, ""),
            ["post", id, after] => Place::Post(id, after),
            ["new"] => Place::New(None),
            ["new", id] => Place::New(Some(id)),
            ["create"] => Place::Create,
            _ => return None,
        };
        Some(place)
    }

    /// What a link to the page names.
    pub fn at(self) -> String {
        let (page, after) = match self {
            Place::Discover => return String::new(),
            Place::All => return "all".to_owned(),
            Place::Create => return "create".to_owned(),
            Place::New(None) => return "new".to_owned(),
            Place::New(Some(id)) => return format!("new/{id}"),
            Place::Group(id, after) => (format!("group/{id}"), after),
            Place::Members(id, after) => (format!("group/{id}/members"), after),
            Place::Invite(id, after) => (format!("group/{id}/invite"), after),
            Place::Post(id, after) => (format!("post/{id}"), after),
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
        check("", Place::Discover);
        check("all", Place::All);
        check("group/g", Place::Group("g", ""));
        check("group/g/next", Place::Group("g", "next"));
        check("group/g/members", Place::Members("g", ""));
        check("group/g/members/m1", Place::Members("g", "m1"));
        check("group/g/invite", Place::Invite("g", ""));
        check("group/g/invite/next", Place::Invite("g", "next"));
        check("post/p", Place::Post("p", ""));
        check("post/p/next", Place::Post("p", "next"));
        check("new", Place::New(None));
        check("new/g", Place::New(Some("g")));
        check("create", Place::Create);
    }

    #[test]
    fn what_is_no_page_is_none() {
        for at in [
            "/",
            "x",
            "group",
            "group/",
            "group/g/",
            "group/g/members/",
            "group/g/invite/",
            "group/g/a/b",
            "post",
            "post/p/a/b",
            "new/",
            "new/g/x",
            "create/x",
            "all/x",
        ] {
            assert_eq!(Place::parse(at), None, "{at}");
        }
    }
}
