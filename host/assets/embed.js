// <circle-card>: a card of another site, in a frame. This keeps its room free, loads it in time
// and turns what it says into DOM events.
if (!customElements.get("circle-card")) {
  const NS = "circle-card";
  // The usual height of each size; `height` overrides it.
  const HEIGHTS = { compact: 96, standard: 440, feed: 640 };
  const HEIGHT_MIN = 40;
  const HEIGHT_MAX = 10000;
  const READY_TIMEOUT_MS = 20000;
  const SANDBOX =
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
  // The names of a plugin's events; what the host says they cannot say.
  const EVENT = /^(?!(ready|resize|navigate|auth-required|error|gone)$)[a-z][a-z0-9-]*$/;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{display:block;color-scheme:light dark}
:host([hidden]){display:none}
:host([theme=light]){color-scheme:light}
:host([theme=dark]){color-scheme:dark}
div{position:relative;box-sizing:border-box;display:flex;flex-direction:column;gap:12px;
align-items:center;justify-content:center;overflow:hidden;padding:12px;text-align:center;
border:1px solid light-dark(#e4ddce,#38352e);border-radius:8px;
background:light-dark(#fcfaf5,#1d1c19);color:light-dark(#6a6558,#a8a192)}
button{font:inherit;min-height:44px;padding:0 20px;border:1px solid;border-radius:8px;
background:none;color:inherit;cursor:pointer}
::slotted(a){color:inherit}
iframe{position:absolute;inset:0;width:100%;height:100%;border:0;visibility:hidden}
.on{border:0;padding:0;background:none}
.on>:not(iframe){display:none}
.on>iframe{visibility:visible}`);

  // By the origin of their cards: the JWT that the page handed over last, and whether it still
  // waits for a card. The first that is there redeems it for all of them.
  const handed = new Map();
  const waiting = new Set();
  const present = new Set();

  // A tap in a frame activates the page around it too, so the frame's word can be checked.
  const tapped = () => navigator.userActivation?.isActive ?? true;
  const clamp = (height) => Math.min(Math.max(Math.ceil(height) || 0, HEIGHT_MIN), HEIGHT_MAX);
  const isWeb = (url) => /^https?:$/.test(url?.protocol);
  const create = (name, properties) => Object.assign(document.createElement(name), properties);

  customElements.define(
    NS,
    class extends HTMLElement {
      static observedAttributes = "card size theme lang load article label height".split(" ");
      #root = this.attachShadow({ mode: "open" });
      #box;
      #frame;
      #least;
      #port;
      #origin;
      #observer;
      #ratio;
      #timer;

      connectedCallback() {
        this.#root.adoptedStyleSheets = [sheet];
        this.#start();
      }

      disconnectedCallback() {
        this.#stop();
      }

      // moveBefore() keeps the frame.
      connectedMoveCallback() {}

      attributeChangedCallback(name, before, now) {
        if (!this.#box || before === now) return;
        if (name === "size" || name === "height") this.#reserve();
        if (/^(size|theme|lang)$/.test(name)) this.#configure();
        else if (name === "label" && this.#frame) this.#frame.title = this.#title;
        else if (name !== "height") this.#start();
      }

      // Says who the reader is, with a JWT that the publisher has signed.
      signIn(jwt) {
        const origin = this.#origin;
        if (!origin || handed.get(origin) === jwt) return;
        handed.set(origin, jwt);
        waiting.add(origin);
        const there = [this, ...present].find((one) => present.has(one) && one.#origin === origin);
        there?.#identify();
      }

      #identify() {
        if (waiting.delete(this.#origin)) this.#post("identity", { jwt: handed.get(this.#origin) });
      }

      get #settings() {
        const size = this.getAttribute("size");
        return {
          size: Object.hasOwn(HEIGHTS, size) ? size : "",
          theme: this.getAttribute("theme") || "auto",
          lang: this.closest("[lang]")?.lang || "",
        };
      }

      get #title() {
        return this.getAttribute("label") || this.textContent.trim() || NS;
      }

      #start() {
        this.#stop();
        this.#box = create("div");
        this.#box.append(create("slot"));
        this.#root.append(this.#box);
        this.#reserve();
        const card = URL.parse(this.getAttribute("card"));
        if (!isWeb(card) || card.origin === location.origin)
          return this.#fail("card_refused", "card must be an http(s) address of another origin");
        this.#origin = card.origin;
        const load = () => this.#load(card);
        const mode = this.getAttribute("load");
        if (mode === "eager") load();
        else if (mode === "click") this.#ask(load);
        else this.#await(load);
      }

      #stop() {
        present.delete(this);
        this.#observer?.disconnect();
        this.#port?.close();
        clearTimeout(this.#timer);
        this.#box?.remove();
        this.#box = this.#frame = this.#port = this.#origin = this.#ratio = undefined;
      }

      #reserve() {
        this.#keep(this.getAttribute("height") || HEIGHTS[this.#settings.size || "standard"]);
      }

      // The height that it has without any tap.
      #keep(height) {
        this.#least = clamp(height);
        this.#box.style.height = this.#least + "px";
      }

      #ask(load) {
        const word = this.#settings.lang.startsWith("zh") ? "显示卡片" : "Show the card";
        const textContent = this.getAttribute("label") || word;
        const onclick = (event) => {
          event.target.remove();
          load();
        };
        this.#box.append(create("button", { type: "button", textContent, onclick }));
      }

      #await(load) {
        const near = (entries) => {
          if (entries.some((entry) => entry.isIntersecting)) load();
        };
        this.#observe(near, { rootMargin: "800px 0px" });
      }

      #observe(hear, options) {
        this.#observer?.disconnect();
        this.#observer = new IntersectionObserver(hear, options);
        this.#observer.observe(this);
      }

      #load(card) {
        const src = new URL(card.pathname.replace(/\/?$/, "/embed"), card);
        const query = { ...this.#settings, article: this.getAttribute("article") };
        for (const name in query) if (query[name]) src.searchParams.set(name, query[name]);
        const frame = create("iframe", {
          title: this.#title,
          allow: navigator.share ? "web-share" : "",
          referrerPolicy: "strict-origin-when-cross-origin",
          onload: () => this.#greet(frame, card.origin),
        });
        frame.setAttribute("sandbox", SANDBOX);
        frame.src = src;
        this.#frame = frame;
        this.#box.append(frame);
        const late = () => this.#fail("timeout", "the card did not answer");
        this.#timer = setTimeout(late, READY_TIMEOUT_MS);
        const see = (entries) => {
          this.#ratio = entries.at(-1).intersectionRatio;
          this.#tellRatio();
        };
        this.#observe(see, { threshold: [0, 0.01, 0.5, 1] });
      }

      // Only the card's origin gets the port: what comes over it is the card's.
      #greet(frame, origin) {
        this.#port?.close();
        const { port1, port2 } = new MessageChannel();
        this.#port = port1;
        port1.onmessage = (event) => this.#hear(event.data);
        frame.contentWindow.postMessage({ ns: NS, v: 1, type: "hello" }, origin, [port2]);
        this.#configure();
        this.#tellRatio();
      }

      #post(type, fields) {
        this.#port?.postMessage({ ns: NS, v: 1, type, ...fields });
      }

      #configure() {
        this.#post("configure", this.#settings);
      }

      #tellRatio() {
        if (this.#ratio >= 0) this.#post("visible", { ratio: this.#ratio });
      }

      #hear({ ns, v, type, version, height, tap, url, name, data, code, message }) {
        if (ns !== NS || v !== 1) return;
        clearTimeout(this.#timer);
        this.#box.className = "on";
        if (type === "ready") this.#welcome(version, height);
        else if (type === "resize") this.#grow(height, tap);
        else if (type === "navigate") this.#go(URL.parse(url));
        else if (type === "error") this.#fail(code, message);
        else if (type === "auth-required" || type === "gone") this.#emit(type);
        else if (type === "event" && EVENT.test(name)) this.#emit(name, data);
      }

      #welcome(version, height) {
        // What lies below all that is seen may still get the height that the card wants.
        if (!this.hasAttribute("height") && this.getBoundingClientRect().top >= innerHeight)
          this.#keep(height);
        present.add(this);
        this.#emit("ready", { version, height });
        this.#identify();
      }

      // Only a reader's own tap may move the text around the card.
      #grow(content, tap) {
        if (!tap || !tapped()) return;
        const height = Math.max(this.#least, clamp(content));
        if (this.#box.style.height === height + "px") return;
        this.#box.style.height = height + "px";
        this.#emit("resize", { height });
      }

      #go(url) {
        if (!isWeb(url) || !tapped()) return;
        if (!this.#emit("navigate", { url: url.href })) return;
        const tab = open(url, "_blank");
        if (tab) tab.opener = null;
        else location.assign(url);
      }

      #fail(code, message) {
        this.#emit("error", { code, message });
      }

      #emit(type, detail) {
        const init = { detail, bubbles: true, composed: true, cancelable: true };
        return this.dispatchEvent(new CustomEvent(`${NS}:${type}`, init));
      }
    },
  );
}
