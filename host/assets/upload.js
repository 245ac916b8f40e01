// Sends each picture as it is chosen, so that a form holds only what the host made of it. A module,
// which times.js loads where a card asks for pictures. Without it they travel with the form.

const ATTEMPTS_MAX = 3;
const RETRY_MS = 800;

// What is known of a field, by its file input, which stays when the card is drawn again, as do the
// pictures before it.
const states = new WeakMap();
// One after the other: the first may make somebody of a reader, and the next ones are theirs.
let line = Promise.resolve();

// Looks after fields: those that are new, and those that a new drawing has made as they were.
export function tend(fields, tools) {
  for (const field of fields) {
    const input = field.querySelector("input[type=file]");
    if (!states.has(input)) begin(field, input, tools);
    show(input);
  }
}

function begin(field, input, tools) {
  const shots = field.querySelector(".qk-shots") ?? tools.make("div", { className: "qk-shots" });
  states.set(input, { shots, field, tools, required: input.required, waiting: 0 });
  input.addEventListener("change", () => choose(input));
  // Choosing takes longer than a tap counts, so the room for what is chosen is made at the tap.
  input.addEventListener("click", () => {
    if (!shots.isConnected) input.before(shots);
    shots.style.minHeight = "72px";
    tools.grow();
  });
  // Whoever takes the tick away takes the picture away.
  shots.addEventListener("change", ({ target }) => {
    target.parentNode.remove();
    show(input);
    input.focus();
  });
  const { form } = input;
  // The file itself has gone already, and JSON has no room for it.
  form.addEventListener("formdata", ({ formData }) => {
    const ids = formData.getAll(input.name).filter((value) => typeof value === "string");
    formData.delete(input.name);
    for (const id of ids) formData.append(input.name, id);
  });
  form.addEventListener("reset", () => {
    shots.replaceChildren();
    show(input);
  });
  if (input.files.length) choose(input);
}

function show(input) {
  const { shots, required } = states.get(input);
  const any = shots.hasChildNodes();
  if (any && !shots.isConnected) input.before(shots);
  input.required = required && !any;
  // What is chosen is seen, and is no file of the field's any more, as it would say.
  input.style.color = any ? "transparent" : "";
}

function choose(input) {
  const state = states.get(input);
  const { shots, field, tools } = state;
  const { make, say } = tools;
  const { max } = field.dataset;
  const room = max - shots.childElementCount;
  const files = [...input.files];
  // Chosen again it would be another change.
  input.value = "";
  const full = say(`最多 ${max} 张图片`, `At most ${max} pictures`);
  tell(input, files.length > room ? full : "");
  for (const file of files.slice(0, room)) {
    const shot = make("label", { className: "qk-shot qk-sending", role: "status" });
    shot.append(make("span", { className: "qk-unseen", textContent: say("正在上传", "Sending") }));
    shots.append(shot);
    state.waiting++;
    line = line.then(() => give(input, file, shot));
  }
  show(input);
  tools.grow();
}

async function give(input, file, shot) {
  const state = states.get(input);
  const { tools } = state;
  const { make, say } = tools;
  try {
    const { media, url, width, height } = await send(input, file, tools);
    const name = make("span", { className: "qk-unseen", textContent: say("保留这张图片", "Keep this picture") });
    const kept = make("input", { type: "checkbox", name: input.name, value: media, checked: true });
    shot.replaceChildren(kept, make("img", { src: url, width, height, alt: "" }), name);
    shot.className = "qk-shot";
    shot.removeAttribute("role");
  } catch (error) {
    shot.remove();
    tell(input, error.message);
    // What is missing is to be seen before the form goes.
    state.done = undefined;
  }
  state.waiting--;
  show(input);
  tools.grow();
  if (state.waiting) return;
  input.form?.setAttribute("aria-busy", false);
  state.done?.();
  state.done = undefined;
}

// One picture keeps its key until it is answered: what was lost on the way is not given twice.
async function send(input, file, { proof, identify, say }) {
  const { form } = input;
  const url = new URL(form.getAttribute("action"), location);
  url.pathname = url.pathname.replace(/act$/, "media");
  const body = new FormData();
  body.append("_offer", form.querySelector("button[name=_offer]").value);
  body.append(input.name, file);
  const key = crypto.getRandomValues(new BigUint64Array(2)).join("-");
  for (let attempt = 1; ; attempt++) {
    let answer = {};
    let status = 599;
    try {
      const headers = { "Idempotency-Key": key, Accept: "application/json", ...proof.headers };
      const response = await fetch(url, { method: "POST", headers, body });
      status = response.status;
      answer = await response.json();
    } catch {
      // The network, or half an answer.
    }
    if (answer.session) {
      proof.headers = { Authorization: "Bearer " + answer.session };
      identify((reader) => reader.keep(answer.session));
    }
    if (answer.media) return answer;
    if (status < 500 || attempt === ATTEMPTS_MAX)
      throw new Error(answer.message ?? say("图片没有送达，请再试一次", "The picture did not get through. Try again."));
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt));
  }
}

// A form whose pictures are under way goes when they have arrived. Heard before the card hears it,
// which would send what is not there yet.
document.addEventListener(
  "submit",
  (event) => {
    const { target, submitter } = event;
    for (const input of target.querySelectorAll("input[type=file]")) {
      const state = states.get(input);
      if (!state?.waiting) continue;
      event.preventDefault();
      event.stopImmediatePropagation();
      state.done = () =>
        submitter?.isConnected && target.reportValidity() && state.tools.act(target, submitter);
      target.setAttribute("aria-busy", true);
      return;
    }
  },
  true,
);

function tell(input, text) {
  const message = states.get(input).field.querySelector(".qk-message");
  message.textContent = text;
  message.hidden = !text;
  if (text) input.setAttribute("aria-invalid", true);
}
