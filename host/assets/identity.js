// Who the reader is, where a publisher says it: redeems the JWT that a page has handed over, for
// all frames of the host; asks the page for one where an action needs it; and leads to the
// reader's own data. A module, which card.js loads when one of these is wanted.
//
// The session is a cookie that belongs to this host inside this site alone. Where a browser keeps
// no such cookie, the session's token is kept for the tab, and sent along with each request.

const KEY = "quanka-session";
const ATTEMPTS_MAX = 3;
const RETRY_FIRST_MS = 500;

// What card.js knows and can do. `proof` is what it sends along with what it asks.
export function begin({ card, proof, post, draw, grow, renew, say, make, tell }) {
  const slug = card.dataset.card;
  // The action that waits for its reader, sent again once they are known.
  let waiting;

  return { redeem, become, keep, recall, renewOffer, require, account };

  // Only one frame is handed the JWT, since it is good for one redemption.
  async function redeem(jwt) {
    const { status, answer } = await ask("POST", "/session", { jwt, card: slug });
    if (status !== 200)
      return post("error", { code: answer.code ?? "network", message: answer.message });
    const byCookie = await who({});
    const token = byCookie.answer.signed_in ? null : answer.session;
    tell(token);
    await become(token);
  }

  // A session has begun, here or in another frame: with the cookie, or with a token.
  async function become(token) {
    remember(token);
    await refresh();
    const again = waiting;
    waiting = undefined;
    again?.();
  }

  // An action has made an anonymous reader, who may have become somebody else since.
  async function keep(token) {
    const { headers } = proof;
    const byCookie = await who({});
    if (proof.headers !== headers) return;
    if (byCookie.answer.expires_at) return remember(null);
    tell(token);
    remember(token);
    renew();
  }

  // The frame was loaded without the token that this tab keeps.
  async function recall() {
    const token = remembered();
    remember(token);
    const { status, answer } = await who(proof.headers);
    if (status !== 200) return;
    // Half of its age over, it comes anew; signed out, it is good for nothing.
    remember(answer.expires_at ? (answer.session ?? token) : null);
    await refresh();
  }

  // The reader has become somebody else, here or in another window: what was offered to who they
  // were is offered to them, too, or it is not.
  async function renewOffer(button, again) {
    const { value } = button;
    await refresh();
    if (button.value !== value) again();
  }

  // The whole document says more than a view: whether there is a reader, too.
  async function refresh() {
    const response = await fetch(location, { headers: proof.headers }).catch(() => undefined);
    if (!response?.ok) return;
    const page = draw(await response.text());
    const line = page?.querySelector(".qk-account");
    document.querySelector(".qk-account")?.remove();
    if (line) document.body.append(document.importNode(line, true));
    renew();
  }

  // An action needs somebody who is signed in, which only the page around the card can see to;
  // the card's own page has nothing around it, at best an article that led there.
  function require(line, again) {
    waiting = again;
    line.textContent = say("登录之后才能参与。", "Sign in to take part.");
    const className = "qk-button qk-button-quiet qk-retry";
    const textContent = say("登录", "Sign in");
    const onclick = () => post("auth-required");
    const back = document.querySelector(".qk-back")?.cloneNode(true);
    if (post("auth-required"))
      line.append(" ", make("button", { type: "button", className, textContent, onclick }));
    else if (back) line.append(" ", back);
    grow();
  }

  // A window of its own keeps its cookies elsewhere, so a ticket says there who has come.
  async function account() {
    const ticket = await ticketFor("account", slug);
    if (!ticket) return open("/me", "_blank", "noopener");
    const form = make("form", { method: "post", action: "/session/open", target: "_blank" });
    form.rel = "noopener";
    form.append(make("input", { type: "hidden", name: "ticket", value: ticket }));
    document.body.append(form);
    form.submit();
    form.remove();
  }

  // A stream can say who listens only in its address, where a token must not stand.
  async function streamTicket(shown) {
    const slugs = shown.map((one) => one.split("~")[0]);
    const ticket = await ticketFor("live", `${slugs}`);
    return ticket && `&ticket=${ticket}`;
  }

  async function ticketFor(action, card) {
    const { answer } = await ask("POST", "/session/ticket", { action, card });
    return answer.ticket;
  }

  function who(headers) {
    return ask("GET", `/session?card=${slug}`, undefined, headers);
  }

  async function ask(method, path, content, headers = proof.headers) {
    const type = content && { "Content-Type": "application/json" };
    const body = content && JSON.stringify(content);
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(path, { method, headers: { ...type, ...headers }, body });
        return { status: response.status, answer: await response.json() };
      } catch {
        if (attempt === ATTEMPTS_MAX) return { status: 599, answer: {} };
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_FIRST_MS * 2 ** attempt));
    }
  }

  function remember(token) {
    proof.headers = token ? { Authorization: `Bearer ${token}` } : {};
    proof.ticket = token && streamTicket;
    try {
      if (token) sessionStorage[KEY] = token;
      else delete sessionStorage[KEY];
    } catch {
      // Then it lasts as long as the frame.
    }
  }

  function remembered() {
    try {
      return sessionStorage[KEY];
    } catch {
      return undefined;
    }
  }
}
