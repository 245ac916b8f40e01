// The script of a card, in its frame and on its own page. All works without it; with it a
// tap needs no reload, the card changes as others change it, times stay fresh, and the frame
// talks with the article around it. What few readers need is in scripts of its own, loaded when
// it is needed: who they are (identity.js), a frame without an origin (opaque.js), and times (times.js).
//
// Comments cost a reader nothing: the host serves scripts without lines that are only a comment,
// and without indentation (http/assets.rs). So nothing here may depend on either.
//
// Names of inputs are the plugin's, and a form answers to them (`form.action` may be an
// <input>): so forms are asked only by names in camelCase, which no input can have.
(() => {
  "use strict";
  const NS = "circle-card";
  const ATTEMPTS_MAX = 4;
  const ATTEMPT_TIMEOUT_MS = 15000;
  const RETRY_FIRST_MS = 400;
  const RETRY_WAIT_MAX_MS = 8000;
  const TOAST_MS = 6000;
  const JOIN_MS = 200;
  const QUIT_MS = 3000;
  const ANSWERS_MS = 50;
  const STREAM_RETRY_FIRST_MS = 3000;
  const STREAM_RETRY_MAX_MS = 60000;
  // A browser has six connections for a host, and taps need some.
  const STREAMS_MAX = 2;

  const root = document.documentElement;
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within) => [...within.querySelectorAll(selector)];
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const say = (zh, en) => (/^zh\b/i.test(root.lang) ? zh : en);
  // Without an origin a script has no address that others could be relative to.
  const load = (path) => import(new URL(path, location));
  // Between half of it and all of it, so that those who failed together do not come together.
  const about = (wait_ms) => wait_ms * (0.5 + Math.random() / 2);

  const card = find(".qk-card");
  const more = find(".qk-more");
  const framed = parent !== window;
  const { qkNotice, qkPage, qkLive, qkLiveMax, qkHeight, qkIdentity, qkOpaque, qkTimes } =
    document.body.dataset;
  const policy = window.trustedTypes?.createPolicy("quanka", { createHTML: (html) => html });

  // ---- The article around the frame

  let port;

  function post(type, fields) {
    port?.postMessage({ ns: NS, v: 1, type, ...fields });
    return port;
  }

  function hear({ source, data, ports }) {
    if (source === parent && data?.ns === NS && data.v === 1 && data.type === "hello" && ports[0])
      greet(ports[0]);
  }

  function greet(given) {
    port?.close();
    port = given;
    port.onmessage = ({ data }) => data?.ns === NS && heed(data);
    if (!card) {
      if (qkNotice === "gone") post("gone");
      else post("error", { code: qkNotice, message: document.title });
      return;
    }
    // The height that its manifest gives it; none if it is as tall as what it shows.
    post("ready", { version: card.dataset.version, height: +qkHeight || contentHeight() });
    // Another page of the card is what a tap led to: the article believes it if there was one.
    if (here().get("at")) grow();
  }

  function heed(data) {
    if (data.type === "configure") configure(data);
    else if (!card) return;
    else if (data.type === "identity") meet(data.jwt);
    else if (data.type === "visible") {
      ratio = data.ratio;
      look();
    }
  }

  function configure(settings) {
    root.dataset.theme = settings.theme ?? root.dataset.theme;
    const query = here();
    // What is not said stays; what is empty goes back to the card's own.
    const wanted = (name) => settings[name] ?? query.get(name) ?? "";
    if (["size", "lang"].every((name) => wanted(name) === (query.get(name) ?? ""))) return;
    for (const name of ["size", "lang", "theme"])
      if (wanted(name)) query.set(name, wanted(name));
      else query.delete(name);
    location.replace("?" + query);
  }

  // The query of this document, for one in its place.
  function here() {
    const query = new URLSearchParams(location.search);
    query.delete("done");
    // The frame itself will be the referrer, which says nothing of the article's site.
    if (!qkIdentity) query.set("interactive", 0);
    return query;
  }

  // A link to another page of the card keeps all else that this document's address says. Whoever
  // pushed the section did not know it.
  function aim(link) {
    const query = here();
    const { at } = link.dataset;
    if (at) query.set("at", at);
    else query.delete("at");
    link.search = query;
  }

  // Leads on, only ever after a tap: in a new tab from an article, in place from the page.
  function go(address) {
    const url = URL.parse(address, location);
    if (!/^https?:$/.test(url?.protocol)) return;
    if (port) post("navigate", { url: url.href });
    else if (framed) open(url, "_blank", "noopener");
    else location.assign(url);
  }

  // ---- Height

  function contentHeight() {
    const { paddingBottom, marginBottom } = getComputedStyle(document.body);
    const bottom = card.getBoundingClientRect().bottom + scrollY;
    return Math.ceil(bottom + parseFloat(paddingBottom) + parseFloat(marginBottom));
  }

  let reported;

  function measure() {
    const height = contentHeight();
    if (more) more.hidden = height <= innerHeight + 1;
    if (height !== reported) post("resize", { height, tap: false });
    reported = height;
  }

  function grow() {
    post("resize", { height: contentHeight(), tap: true });
  }

  function expand(button) {
    if (!port) return go(qkPage);
    button.setAttribute("aria-expanded", "true");
    grow();
    focusCard();
  }

  // ---- Who the reader is, where the cookie does not say it or shall say something else

  // What tells it to the host: headers of a request, and something in the address of a stream.
  const proof = { headers: {} };
  let identity;
  let news;
  const tools =
    { card, proof, post, draw, grow, renew, say, make, show, act, identify, tell: inform };

  function inform(data) {
    news?.postMessage(data);
  }

  async function identify(act) {
    identity ??= load(qkIdentity).then((script) => script.begin(tools));
    act(await identity);
  }

  function meet(jwt) {
    const message = "this is not the publisher's site";
    if (qkIdentity) identify((reader) => reader.redeem(jwt));
    else post("error", { code: "read_only", message });
  }

  // All frames hear of it when one of them has learnt it, also those out of sight.
  function listen() {
    if (!qkIdentity || news) return;
    news = new BroadcastChannel("quanka-session");
    news.onmessage = ({ data }) => identify((reader) => reader.become(data));
  }

  // ---- Actions

  // A tap is known by what it sends. It keeps its key until it is answered, so that a second try
  // after a lost answer is the same action.
  let tap = {};
  let busy = false;

  function keyFor(content) {
    // 128 random bits, as two numbers.
    if (tap.content !== content)
      tap = { content, key: crypto.getRandomValues(new BigUint64Array(2)).join("-") };
    return tap.key;
  }

  function submit(event) {
    const form = event.target;
    if (!form.hasAttribute("data-qk-form")) return;
    event.preventDefault();
    if (!busy && event.timeStamp > stirred)
      act(form, event.submitter ?? find("button[name=_offer]", form));
  }

  // A tap is for what the reader saw: when a push has just moved or changed a button, or a first
  // tap has just uncovered one, it may be meant for what was there before.
  let stirred = 0;
  const stir = () => (stirred = performance.now() + 400);
  const looks = () =>
    all("button[name=_offer]", card).map((one) => one.value + one.getBoundingClientRect().y) + "";

  async function act(form, button) {
    const inputs = {};
    for (const [name, value] of new FormData(form))
      if (name !== "_offer") (inputs[name] ??= []).push(value);
    const content = JSON.stringify({ offer: button.value, inputs });
    const body = JSON.stringify({ offer: button.value, inputs, key: keyFor(content) });
    const url = new URL(form.getAttribute("action"), location);
    url.searchParams.set("as", "html");

    setPending(form, true);
    clearMessages(form);
    const { status, answer } = await send(url, body);
    if (status < 500 && status !== 429 && status !== 401) tap = {};
    // The first tap makes somebody of a reader, and the next one is theirs, cookie or not.
    if (answer.session) {
      proof.headers = { Authorization: "Bearer " + answer.session };
      identify((reader) => reader.keep(answer.session));
    }
    setPending(form, false);
    if (status === 200) succeed(form, button, answer);
    else fail(form, button, status, answer);
    renew();
  }

  // What got no answer, or a "later", is sent again as it is: the key makes it one action.
  async function send(url, body) {
    for (let attempt = 1; ; attempt++) {
      const headers = { "Content-Type": "application/json", ...proof.headers };
      let status = 599;
      let answer = {};
      let wait_ms = about(RETRY_FIRST_MS * 2 ** attempt);
      try {
        const signal = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
        const response = await fetch(url, { method: "POST", headers, body, signal });
        answer = await response.json();
        status = response.status;
        if (![429, 502, 503, 504].includes(status)) return { status, answer };
        wait_ms = Math.max(wait_ms, response.headers.get("Retry-After") * 1000 || 0);
      } catch {
        // The network, or half an answer.
      }
      // Without a network the reader hears of it at once.
      if (attempt === ATTEMPTS_MAX || wait_ms > RETRY_WAIT_MAX_MS || !navigator.onLine)
        return { status, answer };
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
    }
  }

  function setPending(form, pending) {
    busy = pending;
    form.setAttribute("aria-busy", pending);
    // Not `disabled`, which would lose the focus.
    for (const button of all("button[name=_offer]", card))
      button.setAttribute("aria-disabled", pending);
  }

  function succeed(form, button, { html, outcome }) {
    // What was sent is no longer half-typed, and what was opened to send it is done.
    HTMLFormElement.prototype.reset.call(form);
    const lone = form.getAttribute("class").includes("qk-lone");
    for (const opened of all(lone ? ".qk-confirm" : "details", card))
      if (opened.contains(button)) opened.open = false;
    if (html) draw(html);
    grow();

    const { toast, event, navigate } = outcome;
    if (toast) show(toast);
    if (event) post("event", event);
    if (navigate) go(navigate.url ?? `/c/${encodeURIComponent(navigate.card)}`);
  }

  function fail(form, button, status, { code = "network", message, fields }) {
    const lost = say("没有送达，请检查网络后再试。", "This did not get through. Check the network.");
    tell(form, message ?? lost);
    if (status >= 500 || status === 429) offerRetry(form, button);
    const again = () => button.isConnected && !busy && act(form, button);
    if (status === 422) tellFields(form, fields ?? [], message);
    else if (status === 401)
      identify((reader) => reader.require(find(".qk-form-message", form), again));
    else if (code === "offer_not_yours") identify((reader) => reader.renewOffer(button, again));
    else if (status === 410) post("gone");
    else post("error", { code, message });
    grow();
  }

  function tell(form, text) {
    const line = find(".qk-form-message", form);
    line.textContent = text;
    line.hidden = false;
    line.scrollIntoView({ block: "nearest" });
  }

  function tellFields(form, fields, text) {
    const wrong = fields.flatMap(({ name, message }) => {
      const field = find(`[data-qk-input="${CSS.escape(name)}"]`, form);
      if (!field) return [];
      const line = find(".qk-message", field);
      line.textContent = message;
      line.hidden = false;
      const controls = all("input, select, textarea", field);
      for (const control of controls) control.setAttribute("aria-invalid", "true");
      return controls.slice(0, 1);
    });
    // Said once is enough.
    if (fields.length === 1 && wrong.length && fields[0].message === text)
      clearMessage(find(".qk-form-message", form));
    wrong[0]?.focus();
  }

  function offerRetry(form, button) {
    const again = make("button", {
      type: "button",
      className: "qk-button qk-button-quiet qk-retry",
      textContent: say("再试一次", "Try again"),
      onclick: () => form.requestSubmit(button),
    });
    find(".qk-form-message", form).append(" ", again);
  }

  function clearMessage(line) {
    line.textContent = "";
    line.hidden = true;
  }

  function clearMessages(within) {
    all(".qk-message, .qk-form-message", within).forEach(clearMessage);
    for (const control of all("[aria-invalid]", within)) control.removeAttribute("aria-invalid");
  }

  // ---- Toasts

  // A live region must be there before what it says.
  const region = make("div", { className: "qk-status", role: "status" });

  function show({ tone, text }) {
    find(".qk-toast")?.remove();
    const toast = make("p", { className: `qk-toast qk-toast-${tone}`, textContent: text });
    region.append(toast);
    leave(toast);
  }

  function leave(toast) {
    setTimeout(() => toast?.remove(), TOAST_MS);
  }

  // ---- The view, patched in place

  function draw(html) {
    const page = new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html");
    const focused = card.contains(document.activeElement);
    morph(card, find(".qk-card", page));
    const active = document.activeElement;
    const closed = active.closest("details:not([open])");
    if (focused && !card.contains(active)) focusCard();
    else if (closed) find("summary", closed).focus();
    tick();
    return page;
  }

  // Turns one tree into the other and keeps the nodes they share, and with them focus, selection,
  // scroll positions and whatever the reader has typed, chosen or opened. What is said of a tap
  // stays too, until the next one or until the reader mends it.
  function morph(old, next) {
    if (old.matches(".qk-message:not([hidden]), .qk-form-message:not([hidden])")) return;
    for (const name of old.getAttributeNames())
      if (!next.hasAttribute(name) && !/^(open|aria-invalid)$/.test(name))
        old.removeAttribute(name);
    for (const name of next.getAttributeNames()) {
      const value = next.getAttribute(name);
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    let at = old.firstChild;
    for (const wanted of [...next.childNodes]) {
      let match = at;
      while (match && !same(match, wanted)) match = match.nextSibling;
      if (match) {
        while (at !== match) at = drop(at);
        if (match.nodeType === Node.ELEMENT_NODE) morph(match, wanted);
        else if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue;
        at = match.nextSibling;
      } else old.insertBefore(document.importNode(wanted, true), at);
    }
    while (at) at = drop(at);
  }

  function same(one, other) {
    if (one.nodeName !== other.nodeName) return false;
    if (one.nodeType !== Node.ELEMENT_NODE) return true;
    // Options are told apart by value; a field's value is the reader's, a button's a token.
    const option = one.nodeName === "OPTION" || /^(radio|checkbox)$/.test(one.getAttribute("type"));
    return ["id", "name", "data-qk-input", ...(option ? ["value"] : [])].every(
      (name) => one.getAttribute(name) === other.getAttribute(name),
    );
  }

  // Not what upload.js has put there: pictures that the reader has chosen.
  function drop(node) {
    const next = node.nextSibling;
    if (node.className !== "qk-shots") node.parentNode.removeChild(node);
    return next;
  }

  function focusCard() {
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
  }

  // ---- Changes that others make
  //
  // All frames in sight share one stream, since a browser has few connections for a host. Whoever
  // holds the lock has it: asks all what they show, opens it for that, and passes on what comes.
  // Out of sight a frame wants nothing and holds nothing, not even the channel, so that it may go
  // into the back/forward cache. Back in sight it says what it shows and is sent what it missed.

  // A document that came over plain HTTP has no locks, and one without an origin is refused them.
  // A stream for each frame could take every connection, and taps would wait for ever: so none.
  const { locks } = navigator;
  // Only frames with the same address of the stream can share one, so that it names lock and channel
  // too. What of it is a frame's own, its section says: `vote~standard~zh-CN~~AT`.
  let channel;
  let lock;
  // From the end of a tap until the stream has begun anew.
  let deaf = false;

  function look() {
    tick();
    if (!isInSight()) quit();
    else if (locks && qkLive && !channel) join();
  }

  function join() {
    channel = new BroadcastChannel(qkLive);
    channel.onmessage = ({ data }) => take(data);
    lock = new AbortController();
    const { signal } = lock;
    const released = new Promise((resolve) => signal.addEventListener("abort", resolve));
    const hold = () => {
      holds = true;
      ask(JOIN_MS);
      return released;
    };
    // Rejected when aborted, too.
    locks.request(qkLive, { signal }, hold).catch(() => {});
    cast({ type: "ask", data: JOIN_MS });
  }

  function quit() {
    lock?.abort();
    drain();
    holds = false;
    channel?.postMessage({ type: "ask", data: QUIT_MS });
    channel?.close();
    channel = undefined;
  }

  // Tells all in sight, this one too.
  function cast(message) {
    channel?.postMessage(message);
    take(message);
  }

  function take({ type, data }) {
    if (type === "who") answer();
    else if (type === "view") change(data);
    else if (type === "gone") vanish(data);
    else if (!holds) return;
    else if (type === "shown") want(data);
    else if (type === "due") askSooner();
    else ask(data);
  }

  // What the stream still brings may be older than the answer to a tap, and it does not know whom
  // that tap made of this reader. A new one does, and goes on from what is shown.
  function renew() {
    deaf = true;
    cast({ type: "ask", data: 0 });
  }

  function answer() {
    deaf = false;
    const { place, version } = card.dataset;
    // The version goes between.
    cast({ type: "shown", data: place.replace("~~", `~${version}~`) });
  }

  // The same card may stand beside this one in another size or language, or at another page.
  function change({ place, version, html }) {
    const { dataset } = card;
    if (busy || deaf || place !== dataset.place || version === dataset.version) return;
    const before = looks();
    draw(html);
    if (looks() !== before) stir();
  }

  // The card, or this page of it. What stands there instead is the host's to say; to whoever has done
  // away with it just now, the answer to their tap does.
  function vanish({ place }) {
    if (!busy && card.dataset.place.startsWith(place)) location.reload();
  }

  // ---- The stream, where it is held

  let holds = false;
  let sources = [];
  let turn = 0;
  let begun = false;
  let wanted;
  let asking;
  let askingAt = Infinity;
  let askingMinAt = 0;
  let opening;
  let failures = 0;

  function drain() {
    hangUp();
    clearTimeout(asking);
    clearTimeout(opening);
    askingAt = Infinity;
  }

  // The earliest wish counts, but none before a host in trouble may be asked again.
  function ask(wait_ms) {
    const at = Math.max(Date.now() + wait_ms, askingMinAt);
    if (at >= askingAt) return;
    clearTimeout(asking);
    asking = setTimeout(askAll, at - Date.now());
    askingAt = at;
  }

  function askAll() {
    drain();
    wanted = new Set();
    cast({ type: "who" });
    opening = setTimeout(stream, ANSWERS_MS);
  }

  function want(shown) {
    if (wanted.has(shown)) return;
    wanted.add(shown);
    // Whoever answers late is not asked again, or might be late for ever.
    if (begun) stream();
  }

  // One, and a second where a page shows more cards than one takes. What is beyond both is fresh
  // when it comes in sight, and stays as it is.
  async function stream() {
    hangUp();
    begun = true;
    const mine = turn;
    const shown = [...wanted];
    for (let at = 0; at < STREAMS_MAX && at * qkLiveMax < shown.length; at++) {
      const cards = shown.slice(at * qkLiveMax, (at + 1) * qkLiveMax);
      const ticket = (await proof.ticket?.(cards)) ?? "";
      if (mine !== turn) return;
      hearOf(cards, ticket);
    }
  }

  function hearOf(cards, ticket) {
    const source = new EventSource(`${qkLive}&cards=${cards}${ticket}`);
    sources.push(source);
    source.onopen = () => sources.every(({ readyState }) => readyState === 1) && (failures = 0);
    // Not left to the browser, which comes back at a fixed pace, and for what was shown long ago.
    source.onerror = () => {
      source.close();
      const wait_ms = Math.min(STREAM_RETRY_FIRST_MS * 2 ** failures++, STREAM_RETRY_MAX_MS);
      askingMinAt = Date.now() + about(wait_ms);
      ask(0);
    };
    const pass = ({ type, data }) => cast({ type, data: JSON.parse(data) });
    source.addEventListener("view", pass);
    source.addEventListener("gone", pass);
  }

  function hangUp() {
    turn++;
    begun = false;
    for (const source of sources) source.close();
    sources = [];
  }

  // A countdown has run out, and no stream will say what comes of it; or the network is back.
  function askSooner() {
    if (!sources.some(({ readyState }) => readyState === 2)) return;
    askingMinAt = 0;
    ask(about(STREAM_RETRY_FIRST_MS));
  }

  // ---- Times, uploads and shares, which scripts of their own tend where a card has any

  let clock;
  let seen = false;
  // How much of the frame is in sight, as the article sees it.
  let ratio = 1;
  const isInSight = () => seen && ratio && !document.hidden;

  async function tick() {
    const styled = isInSight() ? all("[data-style]", card) : [];
    if (styled.length) clock ??= load(qkTimes);
    (await clock)?.refresh(styled, say, tick, () => cast({ type: "due" }), tools);
  }

  // ---- Start

  if (framed) addEventListener("message", hear);
  if (!card) return;
  if (framed && self.origin === "null")
    load(qkOpaque).then((script) => script.begin({ card, qkPage, contentHeight, say, make }));
  leave(find(".qk-toast"));
  document.body.append(region);
  addEventListener("submit", submit);
  addEventListener("toggle", ({ target }) => target.matches(".qk-confirm") && stir(), true);
  addEventListener("input", ({ target }) => {
    const field = target.closest("[data-qk-input]");
    if (field) clearMessages(field);
  });
  addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    const link = near("[data-at]");
    if (link) aim(link);
    // What is opened is to be seen.
    if (near("summary")) requestAnimationFrame(grow);
    if (near(".qk-more-button")) expand(event.target);
    if (!near(".qk-account")) return;
    event.preventDefault();
    identify((reader) => reader.account());
  });
  document.addEventListener("visibilitychange", look);
  addEventListener("online", askSooner);
  addEventListener("offline", () => {
    show({
      tone: "warning",
      text: say("网络已断开，恢复后会自动更新", "Offline. The card will catch up"),
    });
  });
  addEventListener("pagehide", () => {
    quit();
    news?.close();
    news = undefined;
  });
  addEventListener("pageshow", ({ persisted }) => {
    // Who the reader is may have changed meanwhile, and with it what only looks the same.
    if (persisted) card.dataset.version = "";
    listen();
    look();
  });
  new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting;
    look();
  }).observe(card);
  try {
    if (qkIdentity && sessionStorage["quanka-session"]) identify((reader) => reader.recall());
  } catch {
    // A browser that keeps nothing.
  }
  if (framed) {
    addEventListener("resize", measure);
    new ResizeObserver(measure).observe(card);
  }
})();
