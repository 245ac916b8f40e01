// A frame without an origin of its own, as WordPress makes for what it does not know: it can act
// for nobody, so it only leads to the card; and it speaks WordPress's dialect (wp-embed.js).
// A module, which card.js loads there.

// What card.js knows: the card's section, the address of its page, how tall it is, words.
export function begin({ card, qkPage, contentHeight, say, make }) {
  leadToCard();
  addEventListener("message", ({ source, data }) => {
    if (source === parent && data?.message === "ready" && data.secret === secret()) tellHeight();
  });
  addEventListener("click", lead, true);
  addEventListener("hashchange", tellHeight);
  new ResizeObserver(tellHeight).observe(card);
  // WordPress hides the frame until it hears of it, and a browser draws nothing of what is hidden,
  // so that no observer would ever be called.
  tellHeight();

  // WordPress writes it into the address, some versions of it once the frame is loaded.
  function secret() {
    return /^#\?secret=(\w+)$/.exec(location.hash)?.[1];
  }

  function tell(message, value) {
    const named = secret();
    if (named) parent.postMessage({ message, value, secret: named }, "*");
    return named;
  }

  function tellHeight() {
    tell("height", contentHeight());
  }

  // Instead of what can be taken there stands one way to where it can.
  function leadToCard() {
    const asked = card.querySelectorAll("[data-qk-form]");
    if (!asked.length) return;
    for (const form of asked) {
      for (const control of form.querySelectorAll("input, select, textarea"))
        control.disabled = true;
      for (const way of form.querySelectorAll(".qk-confirm, button")) way.remove();
    }
    const line = make("p", { className: "qk-open" });
    line.append(
      make("a", {
        className: "qk-button qk-button-primary",
        textContent: say("打开卡片参与", "Open the card to take part"),
        href: qkPage,
        target: "_blank",
        rel: "noopener",
      }),
    );
    card.append(line);
  }

  // To another page of the card, its own address; what is in the frame is none.
  function address({ href = qkPage, dataset }) {
    if (dataset.at === undefined) return href;
    const page = new URL(qkPage);
    page.searchParams.set("at", dataset.at);
    return page.href;
  }

  // The page leads on in place of the frame, which may open nothing.
  function lead(event) {
    const way = event.target.closest("a, .qk-more-button");
    if (!way || !tell("link", address(way))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
