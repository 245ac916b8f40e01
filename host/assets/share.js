// Shares as the device does: its own sheet, else the clipboard, else the link as it stands there. A
// module, which times.js loads where a card can be shared. Nothing is shared but by a tap.

const known = new WeakSet();

export function tend(shares, tools) {
  for (const share of shares) {
    if (known.has(share)) continue;
    known.add(share);
    share.querySelector("summary").addEventListener("click", (event) => tap(event, share, tools));
  }
}

async function tap(event, share, tools) {
  const { url } = share.dataset;
  // Where there is a sheet, the link need not be shown.
  if (navigator.canShare?.({ url })) {
    event.preventDefault();
    try {
      await navigator.share({ title: document.title, url });
    } catch (error) {
      // Whoever closes the sheet has not shared; where it may not open, the link does.
      if (error.name === "AbortError") return;
      share.open = true;
      tools.grow();
      return copied(share, tools);
    }
    return succeed(share, tools);
  }
  if (!share.open) copied(share, tools);
}

async function copied(share, tools) {
  if (!(await copy(share, tools))) return;
  tools.show({ tone: "success", text: tools.say("链接已复制", "Link copied") });
  succeed(share, tools);
}

async function copy(share, { make }) {
  const { url } = share.dataset;
  // A frame may not write to the clipboard, and browsers say so on the console; after a tap it may
  // copy what is selected.
  const focused = document.activeElement;
  const field = make("textarea", { value: url, className: "qk-unseen" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused.focus();
  if (done) return true;
  try {
    await navigator.clipboard.writeText(url);
    return true;
  } catch {
    return false;
  }
}

// The page hears of it, and the card does what it offers for that, as for any tap.
function succeed(share, { post, make, act }) {
  const { url, offer, action } = share.dataset;
  post("event", { name: "share", data: { url } });
  if (!offer) return;
  const form = make("form", { className: "qk-lone", method: "post", hidden: true });
  form.setAttribute("action", action);
  const button = make("button", { name: "_offer", value: offer });
  form.append(make("p", { className: "qk-form-message", hidden: true }), button);
  share.append(form);
  act(form, button);
}
