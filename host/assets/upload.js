// Sends each picture as it is chosen, so that a form holds only what the host made of it. A module,
// which times.js loads where a card asks for pictures. Without it they travel with the form.

const ATTEMPTS_MAX = 3;
const RETRY_MS = 800;

// What is known of a field, by its file input, which stays when the card is drawn again.
const states = new WeakMap();

// Looks after fields: those that are new, and those whose pictures were lost to a new drawing.
export function tend(fields, tools) {
  for (const field of fields) {
    const input = field.querySelector("input[type=file]");
    if (!states.has(input)) begin(field, input, tools);
    show(input);
  }
}

function begin(field, input, tools) {
  const shots = field.querySelector(".qk-shots") ?? tools.make("div", { className: "qk-shots" });
  const state = { shots, field, tools, waiting: 0 };
  states.set(input, state);
  input.addEventListener("change", () => choose(input));
  // Choosing takes longer than a tap counts, so the room for what is chosen is made at the tap.
  input.addEventListener("click", () => {
    if (!shots.isConnected) input.before(shots);
    shots.style.minHeight = "72px";
    tools.grow();
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
  // Before the card's own, which would send what is not there yet.
  document.addEventListener("submit", (event) => hold(event, input), true);
  if (input.files.length) choose(input);
}

function show(input) {
  const { shots, field } = states.get(input);
  const any = shots.querySelector("input");
  if (any && !shots.isConnected) input.before(shots);
  if (any) input.required = false;
}

async function choose(input) {
  const state = states.get(input);
  const { shots, field, tools } = state;
  const room = field.dataset.max - shots.querySelectorAll("input").length - state.waiting;
  const files = [...input.files];
  // Chosen again it would be another change.
  input.value = "";
  tell(field, "");
  if (files.length > room)
    tell(field, tools.say(`最多 ${field.dataset.max} 张图片`, `At most ${field.dataset.max} pictures`));
  await Promise.all(files.slice(0, Math.max(0, room)).map((file) => give(input, file)));
}

async function give(input, file) {
  const state = states.get(input);
  const { shots, field, tools } = state;
  const { make, say } = tools;
  const shot = make("label", { className: "qk-shot qk-sending" });
  shot.append(make("img", { alt: say("正在上传", "Sending") }));
  shots.append(shot);
  if (!shots.isConnected) input.before(shots);
  state.waiting++;
  try {
    const answer = await send(input, file, tools);
    const name = make("span", { className: "qk-unseen", textContent: say("保留这张图片", "Keep this picture") });
    const kept = make("input", { type: "checkbox", name: input.name, value: answer.media, checked: true });
    const { width, height, url } = answer;
    shot.replaceChildren(kept, make("img", { src: url, width, height, alt: "" }), name);
    shot.classList.remove("qk-sending");
    // Whoever takes the tick away takes the picture away.
    kept.addEventListener("change", () => shot.remove());
  } catch (error) {
    shot.remove();
    tell(field, error.message);
  }
  state.waiting--;
  show(input);
  if (!state.waiting) state.done?.();
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

// A form whose pictures are under way goes when they have arrived.
function hold(event, input) {
  const state = states.get(input);
  const { target, submitter } = event;
  if (target !== input.form || !state.waiting) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  state.done = () => {
    state.done = undefined;
    if (submitter?.isConnected) target.requestSubmit(submitter);
  };
}

function tell(field, text) {
  const line = field.querySelector(".qk-message");
  line.textContent = text;
  line.hidden = !text;
}
