//! The card's pages: what a link names, and what a reader then sees.

/// Where in the card a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// The card as an article shows it.
    Home,
    Rules,
    Board,
    Prizes,
    /// How to check the draw; a page of its tickets, from 0.
    Proof(usize),
    /// How to invite.
    Invite,
    /// An invitation, by code.
    Invited(&'a str),
    Winners,
    /// What the owner does: for those with most points, who come first.
    Manage,
    /// For everybody, by code, behind a code.
    ManageAll(&'a str),
}

impl<'a> Place<'a> {
    /// The page that a link names; none if the card has no such page.
    pub fn parse(at: &'a str) -> Option<Self> {
        let parts: Vec<&str> = at.split('/').collect();
        Some(match parts.as_slice() {
            [""] => Place::Home,
            ["rules"] => Place::Rules,
            ["board"] => Place::Board,
            ["prizes"] => Place::Prizes,
            ["proof"] => Place::Proof(0),
            ["proof", page] => match page.parse::<usize>().ok()? {
                // One page has one address.
                0 | 1 => return None,
                page if page.to_string() == parts[1] => Place::Proof(page - 1),
                _ => return None,
            },
            ["invite"] => Place::Invite,
            ["invite", code] if !code.is_empty() => Place::Invited(code),
            ["winners"] => Place::Winners,
            ["manage"] => Place::Manage,
            ["manage", "all"] => Place::ManageAll(""),
            ["manage", "all", after] if !after.is_empty() => Place::ManageAll(after),
            _ => return None,
        })
    }

    /// What a link to the page names.
    pub fn at(self) -> String {
        match self {
            Place::Home => String::new(),
            Place::Rules => "rules".to_owned(),
            Place::Board => "board".to_owned(),
            Place::Prizes => "prizes".to_owned(),
            Place::Proof(0) => "proof".to_owned(),
            Place::Proof(page) => format!("proof/{}", page + 1),
            Place::Invite => "invite".to_owned(),
            Place::Invited(code) => format!("invite/{code}"),
            Place::Winners => "winners".to_owned(),
            Place::Manage => "manage".to_owned(),
            Place::ManageAll("") => "manage/all".to_owned(),
            Place::ManageAll(after) => format!("manage/all/{after}"),
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
        check("rules", Place::Rules);
        check("board", Place::Board);
        check("prizes", Place::Prizes);
        check("proof", Place::Proof(0));
        check("proof/2", Place::Proof(1));
        check("invite", Place::Invite);
        check("invite/AB12", Place::Invited("AB12"));
        check("winners", Place::Winners);
        check("manage", Place::Manage);
        check("manage/all", Place::ManageAll(""));
        check("manage/all/AB12", Place::ManageAll("AB12"));
    }

    #[test]
    fn what_is_no_page_is_none() {
        for at in [
            "/",
            "x",
            "rules/",
            "rules/x",
            "proof/",
            "proof/0",
            "proof/1",
            "proof/01",
            "proof/+2",
            "proof/x",
            "invite/",
            "invite/a/b",
            "manage/",
            "manage/x",
            "manage/all/",
            "home",
        ] {
            assert_eq!(Place::parse(at), None, "{at}");
        }
    }
}
