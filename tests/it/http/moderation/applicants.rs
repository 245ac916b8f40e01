//! Those who ask to be let in, and who answers them without a card.

use super::super::circle::{act_as, club, sign_in};
use super::{PUBLISHER, QUEUE, get, path, text, token};
use quanka_tests::client::Answer;
use quanka_tests::server::Host;

/// A circle that lets in whom its owner admits, the owner among three at most.
pub struct Gate {
    pub host: Host,
    owner: String,
}

impl Gate {
    pub fn start() -> Gate {
        let host = Host::start(&club("approval").section("members", "joined_max = 3"));
        let owner = sign_in(&host, PUBLISHER, "owner");
        Gate { host, owner }
    }

    /// Somebody asks: their cookies, and their id in the circle.
    pub fn asks(&self, sub: &str) -> (String, String) {
        let cookies = sign_in(&self.host, PUBLISHER, sub);
        let asked = act_as(&self.host.client(), "join", "", &cookies);
        assert_eq!(asked["standing"], "Waiting", "{sub}");
        (cookies, text(&asked["member"]).to_owned())
    }

    fn page(&self, cookies: &str) -> Answer {
        get(&self.host.client(), QUEUE, cookies)
    }

    /// Sends a form of the page, with what the page's forms carry.
    fn answer(&self, verdict: &str, member: &str, cookies: &str) -> Answer {
        let confirm = token(self.page(cookies).text());
        self.answer_with(&confirm, verdict, member, cookies)
    }

    fn answer_with(&self, confirm: &str, verdict: &str, member: &str, cookies: &str) -> Answer {
        let fields = [
            ("confirm", confirm),
            ("verdict", verdict),
            ("member", member),
        ];
        let client = self.host.client();
        let request = client.post(QUEUE).form(&fields);
        request.header("cookie", cookies).send()
    }

    pub fn standing(&self, cookies: &str) -> String {
        let stands = act_as(&self.host.client(), "standing", "", cookies);
        text(&stands["standing"]).to_owned()
    }
}

#[test]
fn who_keeps_order_lets_them_in_or_not() {
    let gate = Gate::start();
    assert!(
        gate.page(&gate.owner)
            .expect(200)
            .text()
            .contains("没有要看的内容")
    );
    let [(one, one_id), (two, two_id)] = ["one", "two"].map(|sub| gate.asks(sub));
    let page = gate.page(&gate.owner).expect(200);
    for id in [&one_id, &two_id] {
        assert!(page.text().contains(&**id), "{id} in {page:?}");
    }
    // Not by their own hand, nor with a form of somebody else's.
    for (who, cookies, status) in [("nobody", "", 401), ("who asks", &*one, 403)] {
        assert_eq!(gate.page(cookies).status, status, "{who}");
        let answered = gate.answer("admit", &one_id, cookies);
        assert!(
            [400, 401, 403].contains(&answered.status),
            "{who}: {answered:?}"
        );
        assert_eq!(gate.standing(&one), "Waiting", "{who}");
    }
    // Nor with what a page that they may see carries for them.
    let post = act_as(&gate.host.client(), "post", "欢迎", &gate.owner);
    let page = get(&gate.host.client(), &path(text(&post["outcome"])), &one).expect(200);
    let confirm = token(page.text());
    assert!(!confirm.is_empty(), "{page:?}");
    for verdict in ["admit", "refuse"] {
        let answered = gate.answer_with(&confirm, verdict, &one_id, &one);
        assert_eq!(answered.status, 403, "{verdict}: {answered:?}");
        assert_eq!(gate.standing(&one), "Waiting", "{verdict}");
    }
    gate.answer("admit", &one_id, &gate.owner).expect(303);
    gate.answer("refuse", &two_id, &gate.owner).expect(303);
    assert_eq!(gate.standing(&one), "Joined");
    assert_eq!(gate.standing(&two), "None");
    let page = gate.page(&gate.owner).expect(200);
    assert!(!page.text().contains("想加入的读者"), "{page:?}");
}

#[test]
fn what_was_answered_meanwhile_is_said() {
    let gate = Gate::start();
    let (one, one_id) = gate.asks("one");
    act_as(&gate.host.client(), "leave", "", &one);
    let (_, two_id) = gate.asks("two");
    for member in [&*one_id, "m_nobody", ""] {
        let late = gate.answer("admit", member, &gate.owner);
        assert_eq!(late.status, 409, "{member}: {late:?}");
        assert!(late.text().contains("已经不在等了"), "{late:?}");
        // The others are there still.
        assert!(late.text().contains(&two_id), "{late:?}");
    }
    assert_eq!(gate.standing(&one), "None");
}

#[test]
fn a_full_circle_lets_nobody_in() {
    let gate = Gate::start();
    for sub in ["one", "two"] {
        let (_, id) = gate.asks(sub);
        gate.answer("admit", &id, &gate.owner).expect(303);
    }
    let (three, id) = gate.asks("three");
    let full = gate.answer("admit", &id, &gate.owner).expect(422);
    assert!(full.text().contains("圈子满了"), "{full:?}");
    assert_eq!(gate.standing(&three), "Waiting");
    // Refusing needs no room.
    gate.answer("refuse", &id, &gate.owner).expect(303);
    assert_eq!(gate.standing(&three), "None");
}

#[test]
fn many_who_ask_are_shown_a_few_at_a_time() {
    let gate = Gate::start();
    let ids: Vec<String> = (0..21)
        .map(|number| gate.asks(&format!("reader-{number}")).1)
        .collect();
    let shown = |page: &Answer| ids.iter().filter(|id| page.text().contains(&***id)).count();
    let page = gate.page(&gate.owner).expect(200);
    assert_eq!(shown(&page), 20, "{page:?}");
    assert!(page.text().contains("还有更多人在等"), "{page:?}");
    gate.answer("refuse", &ids[20], &gate.owner).expect(303);
    let page = gate.page(&gate.owner).expect(200);
    assert_eq!(shown(&page), 20, "{page:?}");
    assert!(!page.text().contains("还有更多人在等"), "{page:?}");
}
